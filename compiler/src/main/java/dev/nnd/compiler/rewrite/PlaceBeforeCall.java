package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A call of whose result one entry of an axis is used calls a function of its own that makes no more, if that takes smaller
 * products: the last of some equal layers is one that works on one position.
 *
 * <pre>
 * before  slice(call f(x)) of one entry       nothing else uses any result
 * after   call g(x)                           g is f with the slice in it, before its products
 * </pre>
 *
 * @param inside the passes for the function
 */
record PlaceBeforeCall(List<Pass> inside) implements Rule {

    PlaceBeforeCall {
        inside = List.copyOf(inside);
    }

    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (Place.of(node).isEmpty()) {
            return Optional.empty();
        }
        Value whole = node.inputs().getFirst();
        return graph.producer(whole, Op.Call.class).flatMap(call -> {
            Function function = ((Op.Call) call.op()).function();
            int used = call.outputs().stream().mapToInt(graph::uses).sum();
            if (used != 1 || function.isCheckpoint()) {
                return Optional.empty();
            }
            Graph old = function.graph();
            Graph less = RewriteDriver.run(inside, with(old, call.outputs().indexOf(whole), (Op.Slice) node.op()))
                    .graph();
            if (products(less).equals(products(old))) {
                return Optional.empty();
            }
            Draft draft = graph.replace(node);
            draft.at(call.origin());
            return draft.by(draft.add(whole.name(), new Op.Call(new Function(less)), call.inputs()));
        });
    }

    /** The function's graph with one result, and that sliced. */
    private static Graph with(Graph graph, int result, Op.Slice slice) {
        var to = new GraphBuilder(graph.name() + "OfOne");
        graph.inputs().forEach(to::input);
        graph.nodes().forEach(n -> n.outputs().forEach(to::reserve));
        graph.nodes().forEach(to::append);
        Port port = graph.outputs().get(result);
        graph.nodes().stream().filter(n -> n.outputs().contains(port.value())).forEach(n -> to.at(n.origin()));
        to.output(port.role(), port.name(), to.apply(port.value().name(), slice, port.value()));
        return to.build();
    }

    /** The types of the results of all products. */
    private static List<TensorType> products(Graph graph) {
        var found = new ArrayList<TensorType>();
        for (Node node : graph.nodes()) {
            switch (node.op()) {
                case Op.InnerProduct _, Op.MatMul _ -> found.add(node.output().type());
                case Op.Call(var function) -> found.addAll(products(function.graph()));
                default -> {}
            }
        }
        return found;
    }
}
