package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.autodiff.FunctionHalves.Halves;
import dev.nnd.compiler.autodiff.FunctionHalves.Source;
import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Inlining;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A scan that is differentiated: forward it also collects what its backward half reads, and the backward half is a scan in
 * the opposite order whose states are the gradients of the states and the sums of the gradients of what every step reads.
 */
final class ScanHalves {

    private final Op.Scan scan;
    private final Halves halves;
    /** Body operands that are float states, whose gradients go from step to step. */
    private final List<Integer> carried;
    /** Body operands that every step reads and whose gradients are wanted. */
    private final List<Integer> summed;
    /** Body operands that are entries whose gradients are wanted. */
    private final List<Integer> entries;

    /** Results of the body that the forward scan collects for this one, by what they are. */
    private final Map<Source, Integer> collected = new HashMap<>();

    private final Op.Scan forward;

    private ScanHalves(Op.Scan scan, List<Integer> wanted, FunctionHalves functions) {
        this.scan = scan;
        int rest = scan.states() + scan.sequences();
        this.carried = floats(scan.body().graph().inputs().subList(0, scan.states()));
        this.entries =
                wanted.stream().filter(i -> i >= scan.states() && i < rest).toList();
        this.summed = wanted.stream().filter(i -> i >= rest).toList();
        var inputs = new ArrayList<>(carried);
        inputs.addAll(entries);
        inputs.addAll(summed);
        this.halves =
                functions.of(scan.body(), inputs, floats(scan.body().graph().outputs()));
        this.forward = new Op.Scan(collecting(), scan.states(), scan.sequences(), scan.steps(), scan.reverse());
    }

    /**
     * The halves of a scan.
     *
     * @param wanted the indexes of the operands whose gradients are wanted
     */
    static ScanHalves of(Op.Scan scan, List<Integer> wanted, FunctionHalves functions) {
        return new ScanHalves(scan, wanted, functions);
    }

    private static List<Integer> floats(List<Port> ports) {
        return IntStream.range(0, ports.size())
                .filter(i -> ports.get(i).value().type().dtype().isFloat())
                .boxed()
                .toList();
    }

    /** The forward half of the body, with states among the results where the backward half reads them. */
    private Function collecting() {
        Graph graph = halves.forward().graph();
        var outputs = new ArrayList<>(graph.outputs());
        for (int i = scan.states(); i < outputs.size(); i++) {
            collected.put(new Source.Result(i), i);
        }
        for (Source source : halves.sources()) {
            Value value = switch (source) {
                case Source.Operand(int index)
                when index < scan.states() -> graph.inputs().get(index).value();
                case Source.Result(int index)
                when index < scan.states() -> graph.outputs().get(index).value();
                case Source.Operand _, Source.Result _, Source.Gradient _ -> null;
            };
            if (value != null) {
                collected.put(source, outputs.size());
                outputs.add(new Port(Port.Role.OUTPUT, value.name() + ".step" + outputs.size(), value));
            }
        }
        return new Function(new Graph(graph.name(), graph.inputs(), graph.nodes(), outputs));
    }

    /** The forward scan in the place of the scan. */
    Node forwardScan(GraphBuilder builder, Node node) {
        var outputs = new ArrayList<>(node.outputs());
        List<Port> made = forward.body().graph().outputs();
        for (Port kept : made.subList(outputs.size(), made.size())) {
            var dims = new ArrayList<>(List.of(scan.steps()));
            dims.addAll(kept.value().type().dims());
            outputs.add(builder.fresh(
                    GraphBuilder.camel(kept.name()), kept.value().type().withDims(dims)));
        }
        return new Node(forward, node.inputs(), outputs, node.origin());
    }

    /** Adds the backward scan and hands back the gradients of the operands. */
    void backwardScan(BackwardStep step, Origin origin) {
        var operands = new ArrayList<Value>();
        carried.forEach(i -> operands.add(step.arrivingOrZero(i)));
        summed.forEach(i -> operands.add(step.zeros(step.in(i).type())));
        List<Source> sequences =
                halves.sources().stream().filter(this::isSequence).toList();
        for (Source source : sequences) {
            operands.add(
                    switch (source) {
                        case Source.Gradient(int output) -> step.arrivingOrZero(output);
                        case Source.Operand(int index) when index >= scan.states() -> step.in(index);
                        case Source.Operand _, Source.Result _ -> step.out(collectedAt(source));
                    });
        }
        List<Source> rest = halves.sources().stream()
                .filter(s -> !isSequence(s) && !isCarried(s))
                .toList();
        rest.forEach(s -> operands.add(step.in(((Source.Operand) s).index())));
        Function body = backwardBody(sequences, rest, origin);
        var backward =
                new Op.Scan(body, carried.size() + summed.size(), sequences.size(), scan.steps(), !scan.reverse());
        List<Value> results = step.to.applyAll(step.out(0).name() + "Backward", backward, operands);
        int at = 0;
        for (List<Integer> group : List.of(carried, summed, entries)) {
            for (int operand : group) {
                step.giveIfWanted(operand, results.get(at++));
            }
        }
    }

    private int collectedAt(Source source) {
        Integer index = collected.get(source);
        if (index == null) {
            throw new IllegalStateException(source + " is not collected");
        }
        return index;
    }

    private boolean isCarried(Source source) {
        return source instanceof Source.Gradient(int output) && output < scan.states();
    }

    private boolean isSequence(Source source) {
        return switch (source) {
            case Source.Operand(int index) -> index < scan.states() + scan.sequences();
            case Source.Result _ -> true;
            case Source.Gradient(int output) -> output >= scan.states();
        };
    }

    /** (gradients of states, sums, sequences, rest) -> the same states and sums one step earlier, gradients of entries. */
    private Function backwardBody(List<Source> sequences, List<Source> rest, Origin origin) {
        var to = new GraphBuilder(halves.backward().name()).at(origin);
        Map<Source, Value> known = new HashMap<>();
        List<Port> operands = scan.body().graph().inputs();
        for (int i : carried) {
            Port state = operands.get(i);
            known.put(
                    new Source.Gradient(i),
                    to.input(
                            Port.Role.INPUT,
                            state.name() + ".gradient",
                            state.value().type()));
        }
        var sums = new ArrayList<Value>();
        for (int i : summed) {
            Port port = operands.get(i);
            sums.add(
                    to.input(Port.Role.INPUT, port.name() + ".sum", port.value().type()));
        }
        List<Port> needed = halves.backward().graph().inputs();
        for (List<Source> group : List.of(sequences, rest)) {
            for (Source source : group) {
                Port port = needed.get(halves.sources().indexOf(source));
                known.put(
                        source, to.input(port.role(), port.name(), port.value().type()));
            }
        }
        List<Value> results = to.call(
                "gradients",
                halves.backward(),
                halves.sources().stream().map(known::get).toList());
        int at = 0;
        for (int i : carried) {
            to.output(Port.Role.OUTPUT, operands.get(i).name() + ".before", results.get(at++));
        }
        List<Value> gradients = results.subList(at, results.size());
        for (int k = 0; k < summed.size(); k++) {
            Value sum = sums.get(k);
            to.output(
                    Port.Role.OUTPUT,
                    operands.get(summed.get(k)).name() + ".total",
                    to.add(sum, gradients.get(entries.size() + k)));
        }
        for (int k = 0; k < entries.size(); k++) {
            to.output(Port.Role.OUTPUT, operands.get(entries.get(k)).name() + ".gradient", gradients.get(k));
        }
        return new Function(Inlining.one(to.build(), halves.backward()));
    }
}
