package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Functions;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.Buffer.Layout;
import dev.nnd.compiler.plan.Buffer.Storage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The buffers at the edge of a program or of a function: inputs, parameters, gradients, outputs. */
final class EdgeBuffers {

    /** Of [n, c, t]; what has more dims is an image or a volume, whose layout a provider's convolutions choose. */
    private static final int SEQUENCE_RANK = 3;

    private final Graph graph;
    private final BufferTable buffers;
    private final FunctionPlans functions;
    private final GradientTargets gradientTargets;
    private final Use use;
    private final Map<String, Integer> parameters = new HashMap<>();
    private final Map<String, Integer> gradients = new HashMap<>();

    EdgeBuffers(Graph graph, BufferTable buffers, FunctionPlans functions, GradientTargets gradientTargets, Use use) {
        this.graph = graph;
        this.buffers = buffers;
        this.functions = functions;
        this.gradientTargets = gradientTargets;
        this.use = use;
    }

    /** Makes the buffers of all inputs; returns them by their values. */
    Map<Value, Integer> inputs(Claims claims) {
        Set<Value> weights = onlyWeights(claims);
        var made = new HashMap<Value, Integer>();
        for (Port port : graph.inputs()) {
            boolean parameter = port.role() == Port.Role.PARAMETER || port.role() == Port.Role.BUFFER;
            boolean chosen = parameter
                    ? weights.contains(port.value())
                    : use == Use.CALLED && port.role() != Port.Role.CACHE && isSpatial(port.value());
            Storage storage = parameter ? Storage.PARAMETER : Storage.PORT;
            int id = buffers.port(port, storage, chosen ? Layout.PROVIDER : Layout.PLAIN, -1);
            made.put(port.value(), id);
            if (parameter) {
                parameters.put(port.name(), id);
            }
        }
        return made;
    }

    /** Images and volumes, and sequences that an op of the provider reads which takes any layout. */
    private boolean isSpatial(Value value) {
        if (value.type().rank() != SEQUENCE_RANK) {
            return value.type().rank() > SEQUENCE_RANK;
        }
        for (Node node : graph.nodes()) {
            for (int i = 0; i < node.inputs().size(); i++) {
                if (node.inputs().get(i).equals(value) && takesAnyLayout(node, i)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean takesAnyLayout(Node node, int operand) {
        if (node.op() instanceof Op.Call(var function)) {
            return functions.of(function).operands().get(operand).layout() == Layout.PROVIDER;
        }
        boolean product = node.op() instanceof Op.MatMul
                || node.op() instanceof Op.InnerProduct
                || node.op() instanceof Op.InnerProductBackwardData
                || node.op() instanceof Op.InnerProductBackwardWeights;
        return node.op() instanceof Op.Provided && !product;
    }

    /** The parameters that are nothing but weights of provider ops, which may then keep them in their own layout. */
    private Set<Value> onlyWeights(Claims claims) {
        var weights = new HashSet<Value>();
        var others = new HashSet<Value>();
        for (Node node : graph.nodes()) {
            for (int i = 0; i < node.inputs().size(); i++) {
                (isWeight(node, i) ? weights : others).add(node.inputs().get(i));
            }
        }
        graph.outputs().forEach(p -> others.add(claims.base(p.value())));
        weights.retainAll(graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .map(Port::value)
                .collect(Collectors.toSet()));
        weights.removeAll(others);
        return weights;
    }

    private boolean isWeight(Node node, int operand) {
        Optional<Function> called = Functions.called(node.op());
        if (called.isPresent()) {
            Buffer inside = functions.of(called.get()).operands().get(operand);
            return inside.storage() == Storage.PARAMETER && inside.layout() == Layout.PROVIDER;
        }
        boolean weighted = node.op() instanceof Op.InnerProduct
                || node.op() instanceof Op.InnerProductBackwardData
                || node.op() instanceof Op.Convolution
                || node.op() instanceof Op.ConvolutionBackwardData;
        return weighted && operand == 1;
    }

    /** Makes the buffers of all gradients. */
    void gradients() {
        for (Port port : graph.outputs()) {
            if (port.role() == Port.Role.GRADIENT) {
                gradients.put(port.name(), use == Use.PROGRAM ? ownGradient(port) : givenGradient(port));
            }
        }
    }

    /** The buffer of a parameter or of a buffer of the model. */
    int parameter(String name) {
        Integer id = parameters.get(name);
        if (id == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return id;
    }

    private int ownGradient(Port port) {
        int like = parameter(port.name());
        return buffers.port(port, Storage.GRADIENT, buffers.get(like).layout(), like);
    }

    /** A function does not always read the parameter: what makes the gradient tells whether its layout may be chosen. */
    private int givenGradient(Port port) {
        boolean chosen = gradientTargets.isOfWeights(port.value());
        return buffers.port(port, Storage.GRADIENT, chosen ? Layout.PROVIDER : Layout.PLAIN, -1);
    }

    int gradient(String parameter) {
        Integer id = gradients.get(parameter);
        if (id == null) {
            throw new IllegalStateException("no gradient " + parameter);
        }
        return id;
    }

    /** A buffer for an output that a step makes in that layout; -1 if the output can't have that layout. */
    int output(Port port, Layout layout, int like) {
        return layout == Layout.PLAIN || use == Use.CALLED ? buffers.port(port, Storage.PORT, layout, like) : -1;
    }
}
