package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.autodiff.FunctionHalves.Halves;
import dev.nnd.compiler.autodiff.FunctionHalves.Source;
import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts a function's joint graph into two functions. What the backward half reads of the forward half is kept, unless
 * elementwise ops compute it from what is there anyway; of a checkpoint nothing is.
 */
final class HalfGraphs {

    private final Function called;
    private final Graph function;
    private final List<Node> forwardNodes;
    private final List<Node> backwardNodes;
    private final Graph joint;
    private final List<Integer> inputs;
    private final List<Integer> outputs;
    /** Forward values that the backward half reads. */
    private final Set<Value> kept = new HashSet<>();
    /** Forward nodes that the backward half computes again. */
    private final Set<Node> again = new HashSet<>();

    HalfGraphs(Function called, JointGraph joint, List<Integer> inputs, List<Integer> outputs) {
        this.called = called;
        this.function = called.graph();
        this.joint = joint.graph();
        this.forwardNodes = joint.graph().nodes().subList(0, joint.forwardNodes());
        List<Node> all = joint.graph().nodes();
        this.backwardNodes = all.subList(joint.forwardNodes(), all.size());
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** The function itself, and a backward half that computes again what it needs. */
    Halves recomputing() {
        readByBackward();
        for (Node node : forwardNodes.reversed()) {
            if (node.outputs().stream().anyMatch(kept::contains)) {
                again.add(node);
                kept.addAll(node.inputs());
            }
        }
        again.forEach(n -> kept.removeAll(n.outputs()));
        var sources = new ArrayList<Source>();
        Function backward = backward(List.of(), sources);
        return new Halves(called, backward, List.copyOf(sources), inputs);
    }

    /** A forward half that keeps what the backward half reads. */
    Halves keeping() {
        chooseKept();
        var results = new ArrayList<Value>();
        joint.outputs().subList(0, function.outputs().size()).forEach(p -> results.add(p.value()));
        forwardNodes.forEach(n -> n.outputs().stream()
                .filter(v -> kept.contains(v) && !results.contains(v))
                .forEach(results::add));
        var sources = new ArrayList<Source>();
        Function backward = backward(results, sources);
        return new Halves(forward(results), backward, List.copyOf(sources), inputs);
    }

    private void readByBackward() {
        backwardNodes.forEach(n -> kept.addAll(n.inputs()));
        joint.outputs().stream().filter(p -> p.role() == Port.Role.GRADIENT).forEach(p -> kept.add(p.value()));
    }

    private void chooseKept() {
        readByBackward();
        var given = new HashSet<Value>();
        joint.inputs().forEach(p -> given.add(p.value()));
        function.outputs().forEach(p -> given.add(p.value()));
        for (Node node : forwardNodes.reversed()) {
            boolean needed = node.outputs().stream().anyMatch(kept::contains);
            if (needed && node.outputs().stream().noneMatch(given::contains) && isCheap(node, given)) {
                again.add(node);
                kept.removeAll(node.outputs());
                kept.addAll(node.inputs());
            }
        }
        new FewerKept(forwardNodes, given, kept, again).improve();
    }

    /** Whether computing a node again costs less than keeping its result. */
    private boolean isCheap(Node node, Set<Value> given) {
        return switch (node.op()) {
            case Op.Constant _, Op.Size _, Op.Reshape _, Op.Broadcast _ -> true;
            case Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _, Op.Cast _ ->
                node.output().type().rank() == 0
                        || node.inputs().stream()
                                .allMatch(v -> v.type().rank() == 0 || given.contains(v) || kept.contains(v));
            default -> false;
        };
    }

    private Function forward(List<Value> results) {
        var builder = new GraphBuilder(function.name());
        function.inputs().forEach(builder::input);
        forwardNodes.forEach(builder::append);
        function.outputs().forEach(builder::output);
        var names = new HashSet<String>();
        function.outputs().forEach(p -> names.add(p.name()));
        for (Value value : results.subList(function.outputs().size(), results.size())) {
            builder.output(Port.Role.OUTPUT, unique(value.name(), names), value);
        }
        return new Function(builder.build());
    }

    private static String unique(String name, Set<String> taken) {
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name + i;
        }
        return free;
    }

    private Function backward(List<Value> results, List<Source> sources) {
        var read = new HashSet<>(kept);
        var builder = new GraphBuilder(function.name() + "Backward");
        var names = new HashSet<String>();
        Map<Value, Source> known = sources(results);
        for (Port port : joint.inputs()) {
            if (read.contains(port.value())) {
                names.add(port.name());
                builder.input(port);
                sources.add(known.get(port.value()));
            }
        }
        for (Value result : results) {
            boolean made = known.get(result) instanceof Source.Result;
            if (made && read.remove(result)) {
                builder.input(new Port(Port.Role.INPUT, unique(result.name(), names), result));
                sources.add(known.get(result));
            }
        }
        forwardNodes.stream().filter(again::contains).forEach(builder::append);
        backwardNodes.forEach(builder::append);
        List<Port> gradients = joint.outputs().stream()
                .filter(p -> p.role() == Port.Role.GRADIENT)
                .toList();
        for (int i = 0; i < gradients.size(); i++) {
            Port target = function.inputs().get(inputs.get(i));
            boolean parameter = target.role() == Port.Role.PARAMETER;
            Port.Role role = parameter ? Port.Role.GRADIENT : Port.Role.OUTPUT;
            String name = parameter ? target.name() : target.name() + ".gradient";
            builder.output(role, name, gradients.get(i).value());
        }
        return new Function(builder.build());
    }

    private Map<Value, Source> sources(List<Value> results) {
        var sources = new HashMap<Value, Source>();
        for (int i = 0; i < results.size(); i++) {
            sources.putIfAbsent(results.get(i), new Source.Result(i));
        }
        int operands = function.inputs().size();
        for (int i = 0; i < operands; i++) {
            sources.put(function.inputs().get(i).value(), new Source.Operand(i));
        }
        for (int i = 0; i < outputs.size(); i++) {
            sources.put(joint.inputs().get(operands + i).value(), new Source.Gradient(outputs.get(i)));
        }
        return sources;
    }
}
