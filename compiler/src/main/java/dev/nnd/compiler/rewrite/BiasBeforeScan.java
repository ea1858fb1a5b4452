package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A bias that each step of a scan adds to an entry is added by the product that made all entries; so its gradient is that of
 * this product's bias, and no sum of its own.
 *
 * <pre>
 * before  scan(..., reshape(inner product(x, w, b)): e, v, c -&gt; ... e + inner product(s, v, c) ...)
 * after   scan(..., reshape(inner product(x, w, b + c)): e, v -&gt; ... e + inner product(s, v) ...)
 * </pre>
 *
 * Likewise where the product has no bias yet, or the entries are gathered rows of it. Nothing else uses the entries.
 */
record BiasBeforeScan() implements Rule {

    /**
     * What a step does.
     *
     * @param product the inner product with a bias
     * @param sequence the index of the operand whose entry the product is added to
     * @param bias the index of the operand that is the bias
     */
    private record Found(Node product, int sequence, int bias) {}

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Scan scan)) {
            return Optional.empty();
        }
        var body = new ScanBody(scan);
        return body.graph().nodes().stream()
                .flatMap(n -> found(n, body).stream())
                .filter(f -> isOfProduct(node.inputs().get(f.sequence), graph))
                .findFirst()
                .flatMap(f -> moved(f, node, scan, body.graph(), graph));
    }

    private static Optional<Found> found(Node sum, ScanBody body) {
        if (!Match.is(sum, BinaryFunction.ADD)) {
            return Optional.empty();
        }
        Value a = sum.inputs().get(0);
        Value b = sum.inputs().get(1);
        return found(a, b, body).or(() -> found(b, a, body));
    }

    private static Optional<Found> found(Value entry, Value product, ScanBody body) {
        if (!body.isEntry(entry)
                || !entry.type().equals(product.type())
                || body.uses(entry) != 1
                || body.uses(product) != 1) {
            return Optional.empty();
        }
        return body.producer(product)
                .filter(n -> n.op().equals(new Op.InnerProduct(true, false)))
                .filter(n -> body.isShared(n.inputs().get(2)))
                .map(n -> new Found(
                        n, body.operand(entry), body.operand(n.inputs().get(2))));
    }

    /** Whether a value is the rows of an inner product, and the only use of them. */
    private static boolean isOfProduct(Value value, Neighbourhood graph) {
        return graph.uses(value) == 1
                && graph.producer(value)
                        .filter(n -> (n.op() instanceof Op.InnerProduct product && !product.relu())
                                || (keepsRows(n) && isOfProduct(n.inputs().getFirst(), graph)))
                        .isPresent();
    }

    private static boolean keepsRows(Node node) {
        Value x = node.inputs().getFirst();
        boolean last = x.type().rank() > 0
                && node.output().type().rank() > 0
                && x.type().dim(-1).equals(node.output().type().dim(-1));
        boolean moves = switch (node.op()) {
            case Op.Reshape _ -> true;
            case Op.Gather op -> op.axis() == 0 && !op.each() && x.type().rank() == 2;
            case Op.Transpose(List<Integer> permutation) -> permutation.getLast() == permutation.size() - 1;
            default -> false;
        };
        return last && moves;
    }

    private static Optional<Replacement> moved(Found found, Node node, Op.Scan scan, Graph body, Neighbourhood graph) {
        Draft draft = graph.replace(node);
        var operands = new ArrayList<>(node.inputs());
        Value bias = node.inputs().get(found.bias);
        operands.set(found.sequence, withBias(node.inputs().get(found.sequence), bias, draft, graph));
        List<Value> in = found.product.inputs();
        var plain = new Node(
                new Op.InnerProduct(false, false), in.subList(0, 2), found.product.outputs(), found.product.origin());
        List<Node> nodes = body.nodes().stream()
                .map(n -> n.equals(found.product) ? plain : n)
                .toList();
        var inputs = new ArrayList<>(body.inputs());
        if (nodes.stream().noneMatch(n -> n.inputs().contains(in.get(2)))
                && body.outputs().stream().noneMatch(p -> p.value().equals(in.get(2)))) {
            inputs.remove(found.bias);
            operands.remove(found.bias);
        }
        var changed = new Function(new Graph(body.name(), inputs, nodes, body.outputs()));
        var op = new Op.Scan(changed, scan.states(), scan.sequences(), scan.steps(), scan.reverse());
        draft.at(node.origin());
        List<String> names = node.outputs().stream().map(Value::name).toList();
        return draft.by(draft.addAll(names, op, operands).toArray(Value[]::new));
    }

    /** The rows once more, made with another bias too. */
    private static Value withBias(Value rows, Value bias, Draft draft, Neighbourhood graph) {
        Node node = graph.producer(rows).orElseThrow();
        var operands = new ArrayList<>(node.inputs());
        draft.at(node.origin());
        Op op = node.op();
        if (op instanceof Op.InnerProduct product && product.bias()) {
            operands.set(2, draft.add(bias.name(), new Op.Binary(BinaryFunction.ADD), operands.get(2), bias));
        } else if (op instanceof Op.InnerProduct) {
            operands.add(bias);
            op = new Op.InnerProduct(true, false);
        } else {
            operands.set(0, withBias(operands.getFirst(), bias, draft, graph));
            draft.at(node.origin());
        }
        return draft.add(node.output().name(), op, operands);
    }
}
