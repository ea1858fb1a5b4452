package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The functions that differentiated calls call instead: one that computes the results and keeps what the other one,
 * which computes gradients, reads. Equal demands share them. A checkpoint keeps nothing: its backward half reads the
 * operands.
 */
final class FunctionHalves {

    private record Demand(Function function, List<Integer> inputs, List<Integer> outputs) {}

    private final Map<Demand, Halves> known = new HashMap<>();

    /**
     * The halves of a function.
     *
     * @param inputs the indexes of the operands whose gradients are wanted
     * @param outputs the indexes of the results whose gradients arrive
     */
    Halves of(Function function, List<Integer> inputs, List<Integer> outputs) {
        var demand = new Demand(function, inputs, outputs);
        Halves halves = known.get(demand);
        if (halves == null) {
            halves = split(demand);
            known.put(demand, halves);
        }
        return halves;
    }

    private Halves split(Demand demand) {
        var graph = demand.function.graph();
        var seeds = new ArrayList<ReverseWalk.Seed>();
        for (int index : demand.outputs) {
            Port output = graph.outputs().get(index);
            seeds.add(new ReverseWalk.Seed(output.value(), output.name() + ".gradient"));
        }
        List<Port> targets =
                demand.inputs.stream().map(i -> graph.inputs().get(i)).toList();
        JointGraph joint = new ReverseWalk(graph, seeds, targets, this).run();
        var halves = new HalfGraphs(demand.function, joint, demand.inputs, demand.outputs);
        return demand.function.isCheckpoint() ? halves.recomputing() : halves.keeping();
    }

    /** Where an operand of the backward half comes from. */
    sealed interface Source {

        /** An operand of the call. */
        record Operand(int index) implements Source {}

        /** A result of the forward half: of the function itself, or kept for the backward half. */
        record Result(int index) implements Source {}

        /** The gradient of a result of the function. */
        record Gradient(int output) implements Source {}
    }

    /**
     * The halves.
     *
     * @param forward the results of the function, then what it keeps
     * @param backward the gradients of the wanted operands, in order
     * @param sources of the operands of {@code backward}
     * @param inputs the indexes of the wanted operands
     */
    record Halves(Function forward, Function backward, List<Source> sources, List<Integer> inputs) {

        /** The call of the forward half in the place of a call of the function. */
        Node forwardCall(GraphBuilder builder, Node call) {
            var outputs = new ArrayList<>(call.outputs());
            List<Port> made = forward.graph().outputs();
            for (Port kept : made.subList(outputs.size(), made.size())) {
                outputs.add(builder.fresh(kept.name(), kept.value().type()));
            }
            return new Node(new Op.Call(forward), call.inputs(), outputs, call.origin());
        }

        /** Calls the backward half and hands back the gradients of the operands. */
        void backwardCall(BackwardStep step) {
            List<Value> operands = sources.stream()
                    .map(source -> switch (source) {
                        case Source.Operand(int index) -> step.in(index);
                        case Source.Result(int index) -> step.out(index);
                        case Source.Gradient(int output) -> step.arrivingOrZero(output);
                    })
                    .toList();
            List<Value> results = step.to.call(step.out(0).name() + "Backward", backward, operands);
            for (int i = 0; i < results.size(); i++) {
                step.give(inputs.get(i), results.get(i));
            }
        }
    }
}
