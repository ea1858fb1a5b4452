package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The products of the entries of a sequence with weights that all steps share are one product before the scan.
 *
 * <pre>
 * before  scan(..., xs, w: x, w -&gt; ... x w^T ...)
 * after   scan(..., reshape(reshape(xs) w^T): p -&gt; ... p ...)
 * </pre>
 */
record ProductBeforeScan() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Scan scan)) {
            return Optional.empty();
        }
        var body = new ScanBody(scan);
        List<Node> products =
                body.graph().nodes().stream().filter(n -> isProduct(n, body)).toList();
        if (products.isEmpty()) {
            return Optional.empty();
        }
        Draft draft = graph.replace(node);
        var inputs = new ArrayList<>(body.graph().inputs());
        var operands = new ArrayList<>(node.inputs());
        int at = scan.states() + scan.sequences();
        for (Node product : products) {
            inputs.add(at, new Port(Port.Role.INPUT, free(product.output().name(), inputs), product.output()));
            operands.add(at++, ofAllSteps(product, scan, body, node, draft));
        }
        List<Node> nodes =
                body.graph().nodes().stream().filter(n -> !products.contains(n)).toList();
        int sequences = at - scan.states() - dropUnread(scan, body, nodes, inputs, operands, at);
        var changed = new Graph(body.graph().name(), inputs, nodes, body.graph().outputs());
        var op = new Op.Scan(new Function(changed), scan.states(), sequences, scan.steps(), scan.reverse());
        List<String> names = node.outputs().stream().map(Value::name).toList();
        return draft.by(draft.addAll(names, op, operands).toArray(Value[]::new));
    }

    private static boolean isProduct(Node node, ScanBody body) {
        boolean product = node.op() instanceof Op.InnerProduct
                || (node.op() instanceof Op.MatMul op && !op.transposeLeft() && !op.permutes());
        return product
                && node.inputs().get(0).type().rank() == 2
                && node.inputs().get(1).type().rank() == 2
                && body.isEntry(node.inputs().getFirst())
                && node.inputs().stream().skip(1).allMatch(body::isShared);
    }

    private static String free(String name, List<Port> ports) {
        Set<String> taken = ports.stream().map(Port::name).collect(Collectors.toSet());
        String free = name;
        for (int i = 2; taken.contains(free); i++) {
            free = name + i;
        }
        return free;
    }

    private static Value ofAllSteps(Node product, Op.Scan scan, ScanBody body, Node node, Draft draft) {
        var operands = new ArrayList<>(product.inputs().stream()
                .map(v -> node.inputs().get(body.operand(v)))
                .toList());
        List<Dim> x = operands.getFirst().type().dims();
        operands.set(0, draft.reshape(operands.getFirst(), List.of(x.get(0).times(x.get(1)), x.get(2))));
        draft.at(product.origin());
        Value rows = draft.add(product.output().name(), product.op(), operands);
        draft.at(node.origin());
        return draft.reshape(
                rows, List.of(scan.steps(), x.get(1), product.output().type().dim(-1)));
    }

    /** Drops the entries and shared operands that only the products have read; returns how many were entries. */
    private static int dropUnread(
            Op.Scan scan, ScanBody body, List<Node> nodes, List<Port> inputs, List<Value> operands, int sequencesEnd) {
        int entries = 0;
        for (int i = inputs.size() - 1; i >= scan.states(); i--) {
            Value value = inputs.get(i).value();
            boolean read = nodes.stream().anyMatch(n -> n.inputs().contains(value))
                    || body.graph().outputs().stream().anyMatch(p -> p.value().equals(value));
            if (!read) {
                inputs.remove(i);
                operands.remove(i);
                entries += i < sequencesEnd ? 1 : 0;
            }
        }
        return entries;
    }
}
