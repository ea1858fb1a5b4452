package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code scan(x, cell, state)}: a layer or function called for each entry of an axis of x, by default axis 1, with the state that the
 * call before it gave. The cell takes the entry, then the state; it gives a value, then the state of the same type, or
 * the state alone. The result has the names of the cell's outputs: the first with all its values along the axis, then
 * the last state; those of a tuple are {@code sequence}, {@code state}, or {@code state_1} and so on. Without a value of its
 * own, the first state is collected as {@code sequence}.
 */
final class ScanRules {

    private ScanRules() {}

    static Val scan(BuiltinCall call) {
        Optional<List<Val.Tensor>> x = tensors(call, "x");
        Optional<List<Val.Tensor>> state = tensors(call, "state");
        Optional<Dim> axis = call.has("axis") ? call.dim("axis") : Optional.of(Dim.ONE);
        Optional<Boolean> reverse = call.has("reverse") ? call.bool("reverse") : Optional.of(false);
        if (x.isEmpty() || state.isEmpty() || axis.isEmpty() || reverse.isEmpty()) {
            return Val.POISON;
        }
        Optional<Integer> along = ShapeRules.axis(
                call.c(), axis.get(), x.get().getFirst(), call.has("axis") ? call.span("axis") : call.span("x"));
        return along.isPresent() ? scan(x.get(), state.get(), along.get(), reverse.get(), call) : Val.POISON;
    }

    private static Optional<List<Val.Tensor>> tensors(BuiltinCall call, String slot) {
        Optional<List<Val>> items = call.value(slot) instanceof Val.Tensor t
                ? Optional.of(List.of(t))
                : Lists.items(call.value(slot), call.c());
        var tensors = new ArrayList<Val.Tensor>();
        for (Val item : items.orElse(List.of(call.value(slot)))) {
            if (!(item instanceof Val.Tensor t)) {
                boolean cell = item instanceof Val.Instance || item instanceof Val.Made || item instanceof Val.Function;
                Diagnostic error = Diagnostic.error(
                        "NND0366",
                        call.span(slot),
                        "`" + slot + "` of `scan` takes tensors, got " + Val.describe(item));
                call.fail(cell ? error.help("the sequence comes first: `scan(x, cell, state)`") : error);
                return Optional.empty();
            }
            tensors.add(t);
        }
        return tensors.isEmpty() ? Optional.empty() : Optional.of(tensors);
    }

    private static Val scan(List<Val.Tensor> x, List<Val.Tensor> state, int axis, boolean reverse, BuiltinCall call) {
        Dim steps = x.getFirst().type().dim(axis);
        Constant id = new Constant.Int(Dim.of(call.at().env().body().bindings().size()));
        List<Constant> attributes = List.of(id, Axes.constant(axis), new Constant.Bool(reverse));
        var inputs = new ArrayList<Arguments.Given>();
        for (Val.Tensor sequence : x) {
            boolean fits = sequence.type().rank() > axis
                    && call.c().same(sequence.type().dim(axis), steps);
            if (!fits) {
                return call.fail(sequence.trace()
                        .mark(Diagnostic.error(
                                "NND0366",
                                call.span("x"),
                                "the sequences of `scan` have one length, got "
                                        + x.getFirst().type() + " and " + sequence.type() + " along axis " + axis)));
            }
            var dims = new ArrayList<>(sequence.type().dims());
            dims.remove(axis);
            TensorType entry = sequence.type().withDims(dims);
            Val.Tensor one = call.c().apply(Primitive.SCAN_STEP, List.of(sequence), attributes, entry, call.at());
            inputs.add(new Arguments.Given(one, call.span("x")));
        }
        for (int i = 0; i < state.size(); i++) {
            Val.Tensor start = state.get(i);
            List<Constant> which = List.of(id, Axes.constant(i));
            Val.Tensor now = call.c().apply(Primitive.SCAN_STATE, List.of(start), which, start.type(), call.at());
            inputs.add(new Arguments.Given(now, call.span("state")));
        }
        Val made = called(inputs, call);
        Optional<Val.Outputs> outputs = outputs(made, state.size(), call);
        return outputs.isEmpty() ? Val.POISON : results(outputs.get(), state, steps, axis, attributes, call);
    }

    private static Val called(List<Arguments.Given> inputs, BuiltinCall call) {
        return switch (call.value("cell")) {
            case Val.Made m -> call.c().layers().callNew(m, Optional.empty(), inputs, call.at());
            case Val.Instance i -> call.c().layers().call(i, inputs, call.at());
            case Val.Function f -> function(f, inputs, call);
            case Val.Poison p -> p;
            case Val other -> {
                yield call.fail(Diagnostic.error(
                                "NND0366",
                                call.span("cell"),
                                "`cell` of `scan` is a layer or a function, got " + Val.describe(other))
                        .help("make one with its arguments, such as `Cell(64)`, or `layer cell = Cell(64)`"));
            }
        };
    }

    private static Val function(Val.Function cell, List<Arguments.Given> inputs, BuiltinCall call) {
        List<Arguments.Slot> slots = FunctionTypes.slots(cell).orElse(List.of());
        long needed = slots.stream().filter(Arguments.Slot::required).count();
        if (needed > inputs.size() || slots.size() < inputs.size()) {
            return call.fail(Diagnostic.error(
                            "NND0366",
                            call.span("cell"),
                            "the cell of `scan` is called with " + inputs.size() + " values here, and `"
                                    + cell.ref().name() + "` takes "
                                    + (needed > inputs.size() ? needed : slots.size()))
                    .help("a cell takes the entry of each sequence, then each state"));
        }
        return call.c().calls().function(cell.ref(), inputs, List.of(), call.at());
    }

    private static Optional<Val.Outputs> outputs(Val made, int states, BuiltinCall call) {
        return switch (made) {
            case Val.Tuple t -> named(t, states, call);
            case Val.Outputs o -> Optional.of(o);
            case Val.Tensor t -> Optional.of(new Val.Outputs("cell", List.of("state"), List.of(t)));
            case Val.Poison p -> Optional.empty();
            case Val other -> {
                call.fail(Diagnostic.error(
                        "NND0366", call.span("cell"), "the cell of `scan` gives " + Val.describe(other)));
                yield Optional.empty();
            }
        };
    }

    /** The values of a function without names. */
    private static Optional<Val.Outputs> named(Val.Tuple tuple, int states, BuiltinCall call) {
        var names = new ArrayList<String>();
        var values = new ArrayList<Val.Tensor>();
        int own = tuple.items().size() - states;
        for (int i = 0; i < tuple.items().size(); i++) {
            if (!(tuple.items().get(i) instanceof Val.Tensor t)) {
                call.fail(Diagnostic.error(
                        "NND0366",
                        call.span("cell"),
                        "the cell of `scan` gives tensors, got "
                                + Val.describe(tuple.items().get(i))));
                return Optional.empty();
            }
            names.add(i < own ? "sequence" : states == 1 ? "state" : "state_" + (i - own + 1));
            values.add(t);
        }
        return Optional.of(new Val.Outputs("cell", names, values));
    }

    private static Val results(
            Val.Outputs outputs,
            List<Val.Tensor> state,
            Dim steps,
            int axis,
            List<Constant> attributes,
            BuiltinCall call) {
        int own = outputs.values().size() - state.size();
        if (own != 0 && own != 1) {
            return call.fail(Diagnostic.error(
                            "NND0366",
                            call.span("cell"),
                            "the cell of `scan` gives " + outputs.values().size() + " outputs for " + state.size()
                                    + (state.size() == 1 ? " state" : " states"))
                    .help("its outputs are a value, then each state; or the states alone"));
        }
        var names = new ArrayList<String>();
        var values = new ArrayList<Val.Tensor>();
        List<Val.Tensor> made = outputs.values().stream()
                .map(v -> v.with(call.at().env().body().share(Optional.empty(), v.expr())))
                .toList();
        // Each result names the whole step, since a user may take any of them alone.
        var step = new ArrayList<>(made.subList(own, made.size()));
        Val.Tensor collected = made.getFirst();
        step.addFirst(collected);
        var dims = new ArrayList<>(collected.type().dims());
        dims.add(Math.min(axis, dims.size()), steps);
        names.add(own == 1 ? outputs.names().getFirst() : "sequence");
        values.add(call.c()
                .apply(
                        Primitive.SCAN_COLLECT,
                        step,
                        attributes,
                        collected.type().withDims(dims),
                        call.at()));
        for (int i = 0; i < state.size(); i++) {
            Val.Tensor next = made.get(own + i);
            if (!sameType(state.get(i).type(), next.type(), call)) {
                return call.fail(state.get(i)
                        .trace()
                        .mark(Diagnostic.error(
                                "NND0365",
                                call.span("state"),
                                "the state `" + outputs.names().get(own + i) + "` of `scan` starts as "
                                        + state.get(i).type() + ", but the cell makes " + next.type() + " of it"))
                        .note("each call gets the state that the one before it gave, so the two have one type"));
            }
            names.add(outputs.names().get(own + i));
            values.add(call.c().apply(Primitive.SCAN_LAST, step, last(attributes, i), next.type(), call.at()));
        }
        return new Val.Outputs("scan", names, values);
    }

    private static List<Constant> last(List<Constant> attributes, int state) {
        var all = new ArrayList<>(attributes);
        all.add(Axes.constant(state));
        return List.copyOf(all);
    }

    private static boolean sameType(TensorType a, TensorType b, BuiltinCall call) {
        boolean same = a.dtype() == b.dtype() && a.rank() == b.rank();
        for (int i = 0; same && i < a.rank(); i++) {
            same = call.c().same(a.dim(i), b.dim(i));
        }
        return same;
    }
}
