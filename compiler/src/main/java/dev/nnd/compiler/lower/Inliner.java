package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lowers bodies into one graph, with the bodies of the layers that they call in their place, or calls of functions for
 * those that are {@link Outlines outlined}.
 */
final class Inliner {

    private final GraphBuilder builder;
    private final PrimitiveLowering primitives;
    private final BufferValues buffers;
    private final List<LoweredParameter> parameters = new ArrayList<>();
    private final Map<String, Value> parameterValues = new HashMap<>();
    private final Map<String, Value> settings = new HashMap<>();
    /** Outputs of the calls of a train section, by model and operands. */
    private final Map<List<Object>, List<Value>> calls = new HashMap<>();
    /** The models of a train section that are frozen. */
    private final Set<String> frozen = new HashSet<>();

    private final Outlined outlined;

    /**
     * For a graph that is the root of others.
     *
     * @param training whether layers that do something else in training do that
     */
    Inliner(String graphName, List<TypedBlock.Binding> body, boolean training) {
        this(graphName, new Outlined(new Outlines(body), training), training);
    }

    /** For the graph of a function. */
    Inliner(String graphName, Outlined outlined, boolean training) {
        this.outlined = outlined;
        builder = new GraphBuilder(graphName);
        buffers = new BufferValues(training);
        primitives = new PrimitiveLowering(builder, buffers);
    }

    /** Calls of that model of a train section are those of its use, also in training. */
    void freeze(String model) {
        frozen.add(model);
    }

    RandomLowering random() {
        return primitives.random();
    }

    GraphBuilder builder() {
        return builder;
    }

    /** Adds a block's parameters and buffers and those of its layers as inputs of the graph. */
    void declare(TypedBlock block, String prefix) {
        for (TypedBlock.Param param : block.params()) {
            String path = prefix + param.name();
            parameters.add(new LoweredParameter(path, param.type(), param.initializer(), param.trained(), param.doc()));
            Port.Role role = param.trained() ? Port.Role.PARAMETER : Port.Role.BUFFER;
            Value value = builder.input(role, path, param.type());
            parameterValues.put(path, value);
            if (!param.trained()) {
                buffers.declare(path, value);
            }
        }
        for (TypedBlock.Layer layer : block.layers()) {
            declare(layer.block(), prefix + layer.name() + ".");
        }
    }

    /**
     * Inlines a block at the top of the graph; returns its outputs.
     *
     * @param library for a block of the library: where the user's file uses it
     */
    List<Value> inlineTop(TypedBlock block, List<Value> inputs, @Nullable Origin library) {
        return inline(block, "", inputs, library, null);
    }

    private List<Value> inline(
            TypedBlock block, String instance, List<Value> inputs, @Nullable Origin library, @Nullable String name) {
        Map<String, Value> named = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            named.put(block.inputs().get(i).name(), inputs.get(i));
        }
        var scope = Scope.block(block, instance, named, library);
        if (name != null
                && block.outputs().size() == 1
                && block.outputs().getFirst().value() instanceof TypedExpr.Local l) {
            scope.nameResult(l.id(), name);
        }
        bindings(block.body(), scope);
        var outputs = new ArrayList<Value>();
        for (TypedBlock.Output output : block.outputs()) {
            boolean only = block.outputs().size() == 1 && name != null;
            outputs.add(lower(output.value(), scope.named(only ? name : output.name())));
        }
        return outputs;
    }

    /** Lowers a body's bindings. */
    void bindings(List<TypedBlock.Binding> bindings, Scope scope) {
        for (TypedBlock.Binding binding : bindings) {
            switch (binding) {
                case TypedBlock.Binding.Value v ->
                    scope.bind(v.id(), List.of(lower(v.value(), scope.named(scope.bindingName(v)))));
                case TypedBlock.Binding.Call c -> scope.bind(c.id(), call(c, scope));
            }
        }
    }

    private List<Value> call(TypedBlock.Binding.Call call, Scope scope) {
        List<Value> operands = call.operands().stream()
                .map(o -> lower(o, scope.inside(call.span())))
                .toList();
        String path = scope.path(call.layer());
        if (!scope.isTrain()) {
            return inlined(call, operands, path, scope);
        }
        // The loss and a metric name the same prediction: it is made once, and moves buffers once.
        List<Object> key = List.of(path, operands);
        List<Value> known = calls.get(key);
        if (known == null) {
            boolean training = buffers.training();
            buffers.training(training && !frozen.contains(call.layer()));
            known = inlined(call, operands, path, scope);
            buffers.training(training);
            calls.put(key, known);
        }
        return known;
    }

    private List<Value> inlined(TypedBlock.Binding.Call call, List<Value> operands, String path, Scope scope) {
        Origin library = call.block().library() ? scope.callOrigin(call.span(), path) : null;
        if (outlined.contains(call.block())) {
            Outlined.Lowering function = outlined.function(call.block(), buffers.training(), library);
            builder.at(scope.callOrigin(call.span(), path));
            List<Value> results = builder.call(
                    GraphBuilder.camel(path), function.function(), function.operands(operands, this, path));
            function.updates(results, this, path);
            return results.subList(0, call.block().outputs().size());
        }
        return inline(call.block(), path, operands, library, path);
    }

    /** Lowers an expression; the scope knows the name of its value. */
    Value lower(TypedExpr expr, Scope scope) {
        return switch (expr) {
            case TypedExpr.Input e -> scope.input(e.name());
            case TypedExpr.Param e -> parameter(scope.parameterPath(null, e.name()));
            case TypedExpr.LayerParam e -> parameter(scope.parameterPath(e.layer(), e.name()));
            case TypedExpr.Local e -> scope.bound(e.id(), 0);
            case TypedExpr.CallOutput e -> scope.bound(e.call(), e.index());
            case TypedExpr.Number e -> builder.at(scope.origin(e.span())).constant(e.value(), e.dtype());
            case TypedExpr.Setting e -> builder.at(scope.origin(e.span())).cast(setting(e.name()), DType.F32);
            case TypedExpr.Apply e -> {
                Scope inner = scope.inside(e.span());
                List<Value> operands =
                        e.operands().stream().map(o -> lower(o, inner)).toList();
                builder.at(scope.origin(e.span()));
                yield primitives.apply(e, operands, scope.name());
            }
        };
    }

    /** What a buffer holds by now. */
    Value buffer(String path) {
        return buffers.latest(parameter(path));
    }

    /** A buffer holds another value from now on. */
    void update(String path, Value value) {
        buffers.update(parameter(path), value);
    }

    /** The parameter of that path. */
    Value parameter(String path) {
        Value value = parameterValues.get(path);
        if (value == null) {
            throw new IllegalStateException("no parameter " + path);
        }
        return value;
    }

    private Value setting(String name) {
        Value known = settings.get(name);
        if (known != null) {
            return known;
        }
        Value port = builder.input(Port.Role.SCALAR, name, TensorType.scalar(DType.F64));
        settings.put(name, port);
        return port;
    }

    /** The graph; new values of buffers are its last outputs. */
    Lowered build() {
        buffers.updates().forEach((path, value) -> builder.output(Port.Role.UPDATED, path, value));
        return new Lowered(builder.build(), parameters);
    }
}
