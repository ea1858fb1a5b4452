package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rules of recurrence over time: {@code lstm}, {@code gru}, {@code rnn}. */
final class RecurrentRules {

    private RecurrentRules() {}

    /** x [N, T, F] to the states [N, T, H], the last of them, and for {@code lstm} the last cell; {@code gates} is PyTorch's. */
    static Val apply(Primitive primitive, int gates, BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Val.Tensor> hidden = call.tensor("weight_hh");
        if (x.isEmpty() || hidden.isEmpty() || !sequence(call, x.get()) || !square(call, hidden.get(), gates)) {
            return Val.POISON;
        }
        Dim width = hidden.get().type().dim(1);
        Dim rows = width.times(Dim.of(gates));
        TensorType type = x.get().type();
        var operands = new ArrayList<Val.Tensor>();
        operands.add(x.get());
        boolean ok = add(call, "weight_ih", type.withDims(List.of(rows, type.dim(2))), operands)
                && add(call, "weight_hh", type.withDims(List.of(rows, width)), operands)
                && both(call, "bias_ih", "bias_hh")
                && addIfGiven(call, "bias_ih", type.withDims(List.of(rows)), operands)
                && addIfGiven(call, "bias_hh", type.withDims(List.of(rows)), operands)
                && (primitive != Primitive.LSTM || both(call, "hidden", "cell"))
                && addIfGiven(call, "hidden", type.withDims(List.of(type.dim(0), width)), operands)
                && (primitive != Primitive.LSTM
                        || addIfGiven(call, "cell", type.withDims(List.of(type.dim(0), width)), operands));
        Optional<Constant> activation = activation(primitive, call);
        return ok && activation.isPresent() ? outputs(primitive, call, operands, width, activation.get()) : Val.POISON;
    }

    private static Val outputs(
            Primitive primitive, BuiltinCall call, List<Val.Tensor> operands, Dim width, Constant activation) {
        TensorType type = operands.getFirst().type();
        List<Val.Tensor> shared = operands.stream()
                .map(o -> o.with(call.at().env().body().share(Optional.empty(), o.expr())))
                .toList();
        var states = type.withDims(List.of(type.dim(0), type.dim(1), width));
        var last = type.withDims(List.of(type.dim(0), width));
        List<String> names =
                primitive == Primitive.LSTM ? List.of("states", "hidden", "cell") : List.of("states", "hidden");
        var values = new ArrayList<Val.Tensor>();
        for (String name : names) {
            var attributes = new ArrayList<Constant>(List.of(
                    new Constant.Text(name),
                    new Constant.Bool(call.has("bias_ih")),
                    new Constant.Bool(call.has("hidden"))));
            if (primitive == Primitive.RNN) {
                attributes.add(activation);
            }
            values.add(call.c().apply(primitive, shared, attributes, name.equals("states") ? states : last, call.at()));
        }
        return new Val.Outputs(call.name(), names, values);
    }

    private static Optional<Constant> activation(Primitive primitive, BuiltinCall call) {
        if (primitive != Primitive.RNN || !call.has("activation")) {
            return Optional.of(new Constant.Text("tanh"));
        }
        if (call.value("activation") instanceof Val.Const(Constant.Text(String word))
                && (word.equals("tanh") || word.equals("relu"))) {
            return Optional.of(new Constant.Text(word));
        }
        call.fail(dev.nnd.grammar.Diagnostic.error(
                "NND0233",
                call.span("activation"),
                "the activation of `rnn` is \"tanh\" or \"relu\", got " + Val.describe(call.value("activation"))));
        return Optional.empty();
    }

    private static boolean sequence(BuiltinCall call, Val.Tensor x) {
        if (x.type().rank() == 3 && x.type().dtype().isFloat()) {
            return true;
        }
        var error = call.error(
                x.type().rank() == 3 ? "NND0305" : "NND0301",
                "`" + call.name() + "` takes floats [N, time, features], got " + x.type());
        call.fail(x.trace()
                .mark(
                        x.type().rank() == 2
                                ? error.help("a layer before it that gives all states has `sequences: true`;"
                                        + " `-> unsqueeze[-1]` makes a sequence of single numbers")
                                : error));
        return false;
    }

    private static boolean square(BuiltinCall call, Val.Tensor hidden, int gates) {
        TensorType type = hidden.type();
        boolean fits = type.rank() == 2
                && NeuralBuiltins.same(call.c(), type.dim(0), type.dim(1).times(Dim.of(gates)));
        if (!fits) {
            call.fail(hidden.trace()
                    .mark(call.error(
                            "NND0233",
                            "`weight_hh` of `" + call.name() + "` is [" + (gates == 1 ? "" : gates + " * ")
                                    + "hidden, hidden], got " + type)));
        }
        return fits;
    }

    private static boolean both(BuiltinCall call, String a, String b) {
        if (call.has(a) == call.has(b)) {
            return true;
        }
        call.fail(call.error("NND0202", "`" + call.name() + "` takes `" + a + "` and `" + b + "` together"));
        return false;
    }

    private static boolean addIfGiven(BuiltinCall call, String slot, TensorType wanted, List<Val.Tensor> operands) {
        return !call.has(slot) || add(call, slot, wanted, operands);
    }

    private static boolean add(BuiltinCall call, String slot, TensorType wanted, List<Val.Tensor> operands) {
        Optional<Val.Tensor> given = call.tensor(slot);
        if (given.isEmpty()) {
            return false;
        }
        TensorType type = given.get().type();
        boolean fits = type.rank() == wanted.rank() && type.dtype() == wanted.dtype();
        for (int i = 0; fits && i < type.rank(); i++) {
            fits = NeuralBuiltins.same(call.c(), type.dim(i), wanted.dim(i));
        }
        if (!fits) {
            call.fail(operands.getFirst()
                    .trace()
                    .mark(given.get()
                            .trace()
                            .mark(call.error(
                                    "NND0233",
                                    "`" + slot + "` of `" + call.name() + "` is " + wanted + " here, got " + type))));
            return false;
        }
        operands.add(given.get());
        return true;
    }
}
