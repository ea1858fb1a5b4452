package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A state of a scan to which every step adds a product over its rows, such as the gradient of weights, is one product over
 * the rows of all steps.
 *
 * <pre>
 * before  total = scan(start, ...: sum -&gt; sum + a^T b)
 * after   total = start + reshape(all a)^T reshape(all b)      what a scan makes is collected by it
 * </pre>
 *
 * Likewise gradients of inner products, and sums over entries.
 */
record SumAfterScan() implements Rule {

    /**
     * A state that is such a sum.
     *
     * @param index of the state
     * @param adding the node that adds
     * @param term what it adds
     * @param maker the node that makes that
     */
    private record Sum(int index, Node adding, Value term, Node maker) {}

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Scan scan)) {
            return Optional.empty();
        }
        var body = new ScanBody(scan);
        List<Sum> sums = sums(scan, body);
        return sums.isEmpty() ? Optional.empty() : Optional.of(new Rewriting(node, scan, body, sums, graph).run());
    }

    private static List<Sum> sums(Op.Scan scan, ScanBody body) {
        var found = new ArrayList<Sum>();
        for (int i = 0; i < scan.states(); i++) {
            sum(i, body).ifPresent(found::add);
        }
        var terms = new HashSet<Value>();
        found.forEach(s -> terms.add(s.term));
        found.removeIf(s -> s.maker.outputs().stream().anyMatch(v -> body.uses(v) > 0 && !terms.contains(v)));
        var collected = new HashSet<Value>();
        found.stream()
                .filter(s -> !(s.maker.op() instanceof Op.Reduce))
                .forEach(s -> collected.addAll(s.maker.inputs()));
        found.removeIf(s ->
                s.maker.op() instanceof Op.Reduce && !isThere(s.maker.inputs().getFirst(), body, collected));
        return found;
    }

    /** A sum of elements pays if these are collected anyway. */
    private static boolean isThere(Value value, ScanBody body, Set<Value> collected) {
        return body.isEntry(value) || body.collected(value) >= 0 || collected.contains(value);
    }

    private static Optional<Sum> sum(int index, ScanBody body) {
        Value before = body.graph().inputs().get(index).value();
        Value after = body.graph().outputs().get(index).value();
        Optional<Node> adding = body.producer(after).filter(n -> Match.is(n, BinaryFunction.ADD));
        if (adding.isEmpty() || body.uses(before) != 1 || body.uses(after) != 1) {
            return Optional.empty();
        }
        List<Value> in = adding.get().inputs();
        if (!in.contains(before)) {
            return Optional.empty();
        }
        Value term = in.get(0).equals(before) ? in.get(1) : in.get(0);
        boolean alone = body.uses(term) == 1
                && term.type().equals(after.type())
                && after.type().equals(before.type());
        return body.producer(term)
                .filter(n -> alone && overRows(n) && n.inputs().stream().noneMatch(body::isShared))
                .map(n -> new Sum(index, adding.get(), term, n));
    }

    /** Whether an op sums over the first axis of all its operands. */
    private static boolean overRows(Node node) {
        return switch (node.op()) {
            case Op.InnerProductBackwardWeights _ -> true;
            case Op.MatMul(boolean left, boolean right, var a, var b, var c) ->
                left
                        && !right
                        && a.isEmpty()
                        && b.isEmpty()
                        && c.isEmpty()
                        && node.inputs().stream().allMatch(v -> v.type().rank() == 2);
            case Op.Reduce(var function, var axes, boolean kept) ->
                function == Op.ReduceFunction.SUM && axes.contains(0) && !kept;
            default -> false;
        };
    }

    /** The change of one scan. */
    private static final class Rewriting {
        private final Node node;
        private final Op.Scan scan;
        private final ScanBody body;
        private final List<Sum> sums;
        private final Neighbourhood graph;
        private final Draft draft;
        /** Values of the body, and those of all steps where the body has them as entries or results. */
        private final Map<Value, Value> all = new HashMap<>();

        Rewriting(Node node, Op.Scan scan, ScanBody body, List<Sum> sums, Neighbourhood graph) {
            this.node = node;
            this.scan = scan;
            this.body = body;
            this.sums = sums;
            this.graph = graph;
            this.draft = graph.replace(node);
        }

        Replacement run() {
            List<Value> results = scan();
            var outputs = new ArrayList<Value>();
            int at = 0;
            var made = new HashMap<Node, List<Value>>();
            for (int i = 0; i < node.outputs().size(); i++) {
                int index = i;
                Optional<Sum> sum = sums.stream().filter(s -> s.index == index).findFirst();
                outputs.add(sum.isPresent() ? total(sum.get(), made) : results.get(at++));
            }
            return draft.by(outputs.toArray(Value[]::new)).orElseThrow();
        }

        /** The scan without the sums, which collects what they are made of; its results. */
        private List<Value> scan() {
            Graph old = body.graph();
            var removed = sums.stream().map(Sum::index).toList();
            List<Integer> left = IntStream.range(0, old.outputs().size())
                    .filter(i -> !removed.contains(i))
                    .boxed()
                    .toList();
            var outputs = new ArrayList<>(left.stream().map(old.outputs()::get).toList());
            var names = new ArrayList<>(
                    left.stream().map(i -> node.outputs().get(i).name()).toList());
            var more = new ArrayList<Value>();
            sums.forEach(s -> s.maker.inputs().forEach(v -> collect(v, more)));
            for (Value value : more) {
                outputs.add(new Port(Port.Role.OUTPUT, value.name() + ".step" + outputs.size(), value));
                names.add(value.name());
            }
            if (outputs.isEmpty()) {
                return List.of();
            }
            var dropped = new HashSet<Node>();
            sums.forEach(s -> dropped.addAll(List.of(s.adding, s.maker)));
            var changed = new Graph(
                    old.name(),
                    without(old.inputs(), removed),
                    old.nodes().stream().filter(n -> !dropped.contains(n)).toList(),
                    outputs);
            int states = scan.states() - removed.size();
            var op = new Op.Scan(new Function(changed), states, scan.sequences(), scan.steps(), scan.reverse());
            List<Value> results = draft.addAll(names, op, without(node.inputs(), removed));
            for (int i = states; i < outputs.size(); i++) {
                all.putIfAbsent(outputs.get(i).value(), results.get(i));
            }
            return results;
        }

        private static <T> List<T> without(List<T> list, List<Integer> removed) {
            return IntStream.range(0, list.size())
                    .filter(i -> !removed.contains(i))
                    .mapToObj(list::get)
                    .toList();
        }

        private void collect(Value value, List<Value> more) {
            if (body.isEntry(value)) {
                all.put(value, node.inputs().get(body.operand(value)));
            } else if (body.collected(value) < 0 && !more.contains(value)) {
                more.add(value);
            }
        }

        private Value total(Sum sum, Map<Node, List<Value>> made) {
            List<Value> results = made.computeIfAbsent(sum.maker, this::overAllSteps);
            Value result = results.get(sum.maker.outputs().indexOf(sum.term));
            Value start = node.inputs().get(sum.index);
            return graph.isConstant(start, 0)
                    ? result
                    : draft.add(result.name(), new Op.Binary(BinaryFunction.ADD), start, result);
        }

        private List<Value> overAllSteps(Node maker) {
            List<String> names = maker.outputs().stream().map(Value::name).toList();
            List<Value> operands = maker.inputs().stream().map(this::ofAllSteps).toList();
            if (maker.op() instanceof Op.Reduce reduce) {
                var axes = new ArrayList<>(List.of(0));
                reduce.axes().forEach(a -> axes.add(a + 1));
                return draft.addAll(names, new Op.Reduce(reduce.function(), axes, false), operands);
            }
            return draft.addAll(
                    names, maker.op(), operands.stream().map(this::rows).toList());
        }

        private Value ofAllSteps(Value value) {
            Value found = all.get(value);
            if (found == null) {
                throw new IllegalStateException(value + " is not collected");
            }
            return found;
        }

        /** The steps' rows one after another. */
        private Value rows(Value value) {
            List<Dim> dims = value.type().dims();
            var flat = new ArrayList<Dim>();
            flat.add(dims.get(0).times(dims.get(1)));
            flat.addAll(dims.subList(2, dims.size()));
            return draft.reshape(value, flat);
        }
    }
}
