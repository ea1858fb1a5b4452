package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.Buffer.Layout;
import dev.nnd.compiler.plan.Buffer.Storage;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Turns units into steps and gives every value a buffer. Provider ops choose layouts, kernels that map keep them, every
 * other reader gets row-major order, by a reorder where needed.
 */
final class StepBuilder {

    private final Graph graph;
    private final Edge edge;
    private final KernelNames kernels;
    private final Claims claims;
    private final GradientTargets gradientTargets;
    private final Set<Value> parameters;
    private final FunctionPlans functions;
    private final EdgeBuffers edges;
    private final BufferTable buffers = new BufferTable();
    private final Names names = new Names();
    private final List<Step> steps = new ArrayList<>();
    private final Map<Value, Integer> bufferOf = new HashMap<>();
    private final Map<Value, Node> reshapes = new HashMap<>();
    private final Map<List<Integer>, Integer> reordered = new HashMap<>();
    private final BufferUpdates updates;
    private final Caches caches;

    StepBuilder(Graph graph, KernelNames kernels, FunctionPlans functions, Edge edge) {
        this.graph = graph;
        this.edge = edge;
        this.kernels = kernels;
        this.claims = new Claims(graph);
        this.updates = new BufferUpdates(graph, claims);
        this.caches = new Caches(graph, claims);
        this.gradientTargets = new GradientTargets(graph);
        graph.nodes().stream().filter(n -> n.op() instanceof Op.Reshape).forEach(n -> reshapes.put(n.output(), n));
        this.parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .map(Port::value)
                .collect(Collectors.toSet());
        this.functions = functions;
        this.edges = new EdgeBuffers(graph, buffers, functions, gradientTargets, edge.use());
    }

    /** Steps and buffers, all in memory of their own. */
    record Built(List<Step> steps, BufferTable buffers, int forwardSteps) {}

    Built build(List<Unit> units) {
        bufferOf.putAll(edges.inputs(claims));
        edges.gradients();
        int forwardSteps = 0;
        boolean forward = true;
        updates.plan(units);
        for (Unit unit : units) {
            if (forward && !unit.forward()) {
                forward = false;
                forwardSteps = endForward();
            }
            updates.next();
            unit(unit);
            unit.outputs().forEach(v -> finish(v, unit.last().origin()));
        }
        if (forward) {
            forwardSteps = endForward();
        }
        copies(true);
        updates();
        return new Built(List.copyOf(steps), buffers, forwardSteps);
    }

    private int endForward() {
        copies(false);
        return steps.size();
    }

    private void unit(Unit unit) {
        switch (unit.form()) {
            case PRIMITIVE -> primitive(unit.only());
            case CALL -> called(unit.only());
            case ELEMENTWISE, REDUCE, ROWS, SINGLE -> kernel(unit);
        }
    }

    private void primitive(Node node) {
        if (!(node.op() instanceof Op.Provided op)) {
            throw new IllegalStateException("no op of a provider: " + node);
        }
        Origin origin = node.origin();
        var inputs = new ArrayList<>(node.inputs().stream().map(this::buffer).toList());
        for (int i = 0; i < inputs.size(); i++) {
            if (needsRowMajor(op, i)) {
                inputs.set(i, plain(inputs.get(i), origin));
            }
        }
        var outputs = new ArrayList<Integer>();
        switch (op) {
            case Op.Convolution _ -> outputs.add(target(node.output(), Layout.PROVIDER, -1, false));
            case Op.Pool o ->
                node.outputs()
                        .forEach(v -> outputs.add(target(v, rowMajor(o) ? Layout.PLAIN : Layout.PROVIDER, -1, false)));
            case Op.InnerProduct _, Op.MatMul _ -> outputs.add(target(node.output(), Layout.PLAIN, -1, false));
            case Op.InputGradient o -> {
                int like = forwardInput(node, o);
                inputs.subList(o.reads(), inputs.size()).clear();
                inputs.add(like);
                outputs.add(target(node.output(), buffers.get(like).layout(), like, false));
            }
            case Op.InnerProductBackwardWeights _, Op.ConvolutionBackwardWeights _ ->
                node.outputs().forEach(v -> outputs.add(gradientTarget(v)));
            case Op.BatchNorm _ -> outputs.add(likeTarget(node.output(), inputs.getFirst()));
            case Op.BatchNormTraining _ -> {
                outputs.add(likeTarget(node.output(), inputs.getFirst()));
                node.outputs().subList(1, 3).forEach(v -> outputs.add(target(v, Layout.PLAIN, -1, false)));
            }
            case Op.BatchNormBackward _ -> {
                outputs.add(likeTarget(node.output(), inputs.get(1)));
                node.outputs().stream().skip(1).forEach(v -> outputs.add(gradientTarget(v)));
            }
        }
        steps.add(new Step.Primitive(
                names.unique(StepNames.of(node)), op, List.copyOf(inputs), List.copyOf(outputs), origin));
    }

    /** Whether an op reads an operand in row-major order only. */
    private static boolean needsRowMajor(Op.Provided op, int operand) {
        return switch (op) {
            case Op.MatMul _ -> true;
            case Op.InnerProduct _ -> operand == 2;
            case Op.Convolution o -> beyond(o.window()) || operand >= 2 && !(o.added() && operand == o.lastOperand());
            case Op.Pool o -> rowMajor(o);
            case Op.PoolBackward o -> rowMajor(o.function(), o.window());
            case Op.BatchNorm _, Op.BatchNormTraining _ -> operand > 0;
            case Op.BatchNormBackward _ -> operand > 1;
            case Op.InnerProductBackwardData _, Op.InnerProductBackwardWeights _ -> false;
            case Op.ConvolutionBackwardData o -> operand < o.reads() && (operand == 2 || beyond(o.window()));
            case Op.ConvolutionBackwardWeights o -> beyond(o.window());
        };
    }

    private void called(Node node) {
        if (node.op() instanceof Op.Scan scan) {
            scan(scan, node);
        } else {
            call(node);
        }
    }

    private void scan(Op.Scan scan, Node node) {
        List<Integer> inputs =
                node.inputs().stream().map(v -> plainOrWeight(v, node.origin())).toList();
        List<Integer> outputs = node.outputs().stream()
                .map(v -> target(v, Layout.PLAIN, -1, true))
                .toList();
        FunctionPlan body = functions.of(scan.body());
        String name =
                node.origin().instance().isEmpty() ? "scan" : node.origin().instance();
        steps.add(new Step.Scan(
                names.unique(name),
                body,
                scan.states(),
                scan.sequences(),
                scan.steps(),
                scan.reverse(),
                inputs,
                outputs,
                node.origin()));
    }

    /** Weights of provider ops stay in the layout that these have chosen. */
    private int plainOrWeight(Value value, Origin origin) {
        int id = buffer(value);
        return buffers.get(id).storage() == Storage.PARAMETER ? id : plain(id, origin);
    }

    private void call(Node node) {
        FunctionPlan function = functions.of(((Op.Call) node.op()).function());
        var inputs = new ArrayList<Integer>();
        for (Buffer operand : function.operands()) {
            int id = buffer(node.inputs().get(inputs.size()));
            inputs.add(operand.layout() == Layout.PLAIN ? plain(id, node.origin()) : id);
        }
        var outputs = new ArrayList<Integer>();
        for (Buffer result : function.results()) {
            Value value = node.outputs().get(outputs.size());
            boolean given = result.storage() == Storage.GRADIENT;
            outputs.add(
                    given && result.layout() == Layout.PROVIDER
                            ? gradientTarget(value)
                            : target(value, result.layout(), -1, given));
        }
        String name = node.origin().instance().isEmpty()
                ? function.name()
                : node.origin().instance() + (function.isBackward() ? ".backward" : "");
        steps.add(
                new Step.Call(names.unique(name), function, List.copyOf(inputs), List.copyOf(outputs), node.origin()));
    }

    private static boolean rowMajor(Op.Pool op) {
        return rowMajor(op.function(), op.window());
    }

    /** Windows that leave out whole steps at the end are the reference's too: oneDNN knows no such padding. */
    private static boolean beyond(Op.Window window) {
        return IntStream.range(0, window.axes())
                .anyMatch(axis -> window.padAfter().get(axis) + window.stride().get(axis) <= 0);
    }

    /** The means of windows that end behind the padding are the reference's, which knows no other order. */
    private static boolean rowMajor(Op.PoolFunction function, Op.Window window) {
        return function == Op.PoolFunction.AVERAGE_WITH_PADDING && window.ceil();
    }

    /** The buffer of the forward op's input; dims in no known layout if the op has none. */
    private int forwardInput(Node backward, Op.InputGradient op) {
        Value output = backward.output();
        boolean rowMajor = switch (op) {
            case Op.PoolBackward o -> rowMajor(o.function(), o.window());
            case Op.ConvolutionBackwardData o -> beyond(o.window());
            case Op.InnerProductBackwardData _ -> false;
        };
        if (rowMajor) {
            return buffers.arena("likeInput", output.type(), Layout.PLAIN, -1);
        }
        if (backward.inputs().size() > op.reads()) {
            return buffer(backward.inputs().getLast());
        }
        Layout layout = op instanceof Op.ConvolutionBackwardData ? Layout.PROVIDER : Layout.PLAIN;
        return buffers.arena("likeInput", output.type(), layout, -1);
    }

    /** For what an op makes in the layout of an operand. */
    private int likeTarget(Value value, int operand) {
        return isPlain(operand)
                ? target(value, Layout.PLAIN, -1, false)
                : target(value, Layout.PROVIDER, operand, false);
    }

    /**
     * Where a backward-weights op writes: the gradient itself, or a value like the parameter that is added to others.
     */
    private int gradientTarget(Value value) {
        Optional<Integer> like = gradientTargets.parameterOf(value).map(edges::gradient);
        if (like.isPresent() && buffers.get(like.get()).type().equals(value.type())) {
            return target(value, buffers.get(like.get()).layout(), like.get(), true);
        }
        return target(value, Layout.PLAIN, -1, true);
    }

    private void kernel(Unit unit) {
        Body body = BodyBuilder.of(unit);
        Origin origin = unit.last().origin();
        var inputs = new ArrayList<Integer>();
        for (Value input : unit.inputs()) {
            inputs.add(buffer(input));
        }
        int like = body.kind() == Step.Kind.MAP ? MapLayouts.like(body, unit, inputs, buffers) : -1;
        for (int i = 0; i < inputs.size(); i++) {
            boolean array = body.graph().inputs().get(i).value().type().rank() > 0;
            int id = inputs.get(i);
            inputs.set(i, like >= 0 && array ? alike(id, like, origin) : plain(id, origin));
        }
        var outputs = new ArrayList<Integer>();
        for (Value output : unit.outputs()) {
            Optional<Integer> cache = caches.written(unit).map(this::buffer);
            outputs.add(cache.map(c -> inPlace(output, c))
                    .orElseGet(() -> target(output, like >= 0 ? Layout.PROVIDER : Layout.PLAIN, like, true)));
        }
        addKernel(body, KernelWords.of(unit, parameters), inputs, outputs, origin);
    }

    /** A value in the memory of another one, which nothing reads any more. */
    private int inPlace(Value value, int of) {
        int id = buffers.view(value.name(), value.type(), of);
        bufferOf.put(value, id);
        return id;
    }

    private void addKernel(Body body, String name, List<Integer> inputs, List<Integer> outputs, Origin origin) {
        KernelNames.Named named = kernels.intern(body.kind(), body.graph(), name);
        steps.add(new Step.Kernel(
                named.name(),
                body.kind(),
                named.body(),
                Collections.unmodifiableMap(body.sizes()),
                List.copyOf(inputs),
                List.copyOf(outputs),
                origin));
    }

    /**
     * A buffer for a value that a step makes: its port's where the layout is the port's, else one in the arena.
     *
     * @param writable true if the step writes into a buffer that it is given, false if it makes one
     */
    private int target(Value value, Layout layout, int like, boolean writable) {
        int id = -1;
        Optional<Port> port = claims.direct(value);
        if (port.isPresent() && port.get().role() == Port.Role.UPDATED) {
            id = writable && layout == Layout.PLAIN && updates.unread(port.get()) ? updated(port.get()) : -1;
        } else if (port.isPresent() && port.get().role() == Port.Role.GRADIENT) {
            int gradient = edges.gradient(port.get().name());
            id = writable && sameLayout(gradient, layout, like) ? gradient : -1;
        } else if (port.isPresent()) {
            id = edges.output(port.get(), layout, like);
        }
        Optional<Port> view = claims.viewOf(value).filter(p -> p.role() == Port.Role.GRADIENT);
        if (view.isPresent()
                && writable
                && layout == Layout.PLAIN
                && isPlain(edges.gradient(view.get().name()))) {
            id = buffers.view(
                    value.name(), value.type(), edges.gradient(view.get().name()));
        }
        id = id < 0 ? buffers.arena(value.name(), value.type(), layout, like) : id;
        bufferOf.put(value, id);
        return id;
    }

    /** The memory of the buffer whose new value a port is. */
    private int updated(Port port) {
        return buffers.view(port.name() + "Updated", port.value().type(), edges.parameter(port.name()));
    }

    private boolean isPlain(int id) {
        return buffers.layoutClass(id) < 0;
    }

    private boolean sameLayout(int id, Layout layout, int like) {
        int wanted = layout == Layout.PLAIN ? -1 : like < 0 ? -2 : buffers.layoutClass(like);
        return buffers.layoutClass(id) == wanted;
    }

    /** Brings a value that was just made to the ports that want it and are not made in place. */
    private void finish(Value value, Origin origin) {
        int id = buffer(value);
        claims.direct(value)
                .filter(p -> p.role() != Port.Role.UPDATED && !holds(id, p))
                .ifPresent(p -> copy(p, origin));
        claims.viewOf(value).filter(p -> p.role() != Port.Role.UPDATED).ifPresent(view -> {
            if (view.role() != Port.Role.GRADIENT) {
                buffers.portView(view, plain(id, origin));
            } else if (buffers.root(id) != edges.gradient(view.name())) {
                copy(view, origin);
            }
        });
    }

    private boolean holds(int id, Port port) {
        return buffers.get(id).port().filter(port::equals).isPresent();
    }

    /** Brings new values of buffers that could not be written at once to their places, when nothing reads the old ones. */
    private void updates() {
        for (Port port : graph.outputs()) {
            if (port.role() == Port.Role.UPDATED) {
                Origin origin = graph.nodes().getLast().origin();
                int from = plain(buffer(port.value()), origin);
                if (buffers.root(from) != edges.parameter(port.name())) {
                    addKernel(
                            MapLayouts.copy(port.value(), origin),
                            "copy",
                            List.of(from),
                            List.of(updated(port)),
                            origin);
                }
            }
        }
    }

    /** Fills the ports whose values are inputs, or also other ports. */
    private void copies(boolean ofGradients) {
        for (Port port : graph.outputs()) {
            boolean here = claims.copied(port) && port.role() != Port.Role.UPDATED;
            if (here && (port.role() == Port.Role.GRADIENT) == ofGradients) {
                Origin origin = graph.nodes().isEmpty()
                        ? new Origin(noSpan(), "", "")
                        : graph.nodes().getLast().origin();
                if (!collected(port)) {
                    copy(port, origin);
                }
            }
        }
    }

    /** What a scan collects it can find in another port: no copy. */
    private boolean collected(Port port) {
        Integer id = edge.isCollected(port, graph) ? bufferOf.get(port.value()) : null;
        if (id == null
                || !isPlain(id)
                || buffers.get(id).storage() != Storage.PORT
                || buffers.get(id).viewOf().isPresent()) {
            return false;
        }
        buffers.portView(port, id);
        return true;
    }

    private Span noSpan() {
        return new Span(new SourceFile(graph.name(), ""), 0, 0);
    }

    private void copy(Port port, Origin origin) {
        int from = buffer(port.value());
        boolean gradient = port.role() == Port.Role.GRADIENT;
        if (!gradient && !isPlain(from) && !claims.copied(port)) {
            int to = buffers.port(port, Storage.PORT, Layout.PLAIN, -1);
            steps.add(new Step.Reorder(names.unique(port.name() + "Reorder"), from, to, -1, origin));
            return;
        }
        int to = gradient ? edges.gradient(port.name()) : buffers.port(port, Storage.PORT, Layout.PLAIN, -1);
        int source = isPlain(to) ? plain(from, origin) : alike(from, to, origin);
        addKernel(MapLayouts.copy(port.value(), origin), "copy", List.of(source), List.of(to), origin);
    }

    private int buffer(Value value) {
        Integer known = bufferOf.get(value);
        if (known != null) {
            return known;
        }
        Node reshape = reshapes.get(value);
        if (reshape == null) {
            throw new IllegalStateException(value + " is read before it is made");
        }
        int of = plain(buffer(reshape.inputs().getFirst()), reshape.origin());
        int id = buffers.view(value.name(), value.type(), of);
        bufferOf.put(value, id);
        return id;
    }

    /** The value of a buffer in row-major order. */
    private int plain(int id, Origin origin) {
        return isPlain(id) ? id : reorder(id, -1, origin);
    }

    /** The value of a buffer in the layout of another one. */
    private int alike(int id, int like, Origin origin) {
        return buffers.layoutClass(id) == buffers.layoutClass(like) ? id : reorder(id, like, origin);
    }

    private int reorder(int from, int like, Origin origin) {
        List<Integer> key = List.of(from, like < 0 ? -1 : buffers.layoutClass(like));
        Integer known = reordered.get(key);
        if (known != null) {
            return known;
        }
        Buffer source = buffers.get(from);
        String name = source.name() + (like < 0 ? "Plain" : "Reordered");
        int to = buffers.arena(name, source.type(), like < 0 ? Layout.PLAIN : Layout.PROVIDER, like);
        steps.add(new Step.Reorder(names.unique(name), from, to, like, origin));
        reordered.put(key, to);
        return to;
    }
}
