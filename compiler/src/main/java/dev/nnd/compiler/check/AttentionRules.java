package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rules of attention and of rotary positions. */
final class AttentionRules {

    private static final String LAYOUT = "[N, heads, T, d]";

    private AttentionRules() {}

    /** {@code attention(q, k, v, mask: m, causal: true)}: {@code softmax(q k^T * scale) v} in each head. */
    static Val attention(BuiltinCall call) {
        Optional<Val.Tensor> q = heads(call, "q");
        Optional<Val.Tensor> k = heads(call, "k");
        Optional<Val.Tensor> v = heads(call, "v");
        Optional<Boolean> causal = call.flag("causal", false);
        Optional<Double> dropout = call.has("dropout") ? NeuralRules.rate(call, "dropout") : Optional.of(0.0);
        boolean complete = q.isPresent() && k.isPresent() && v.isPresent() && causal.isPresent() && dropout.isPresent();
        if (!complete || !fit(call, q.get(), k.get(), v.get())) {
            return Val.POISON;
        }
        Optional<Double> scale = scale(call, q.get().type().dim(3));
        TensorType type = q.get().type();
        List<Dim> scores =
                List.of(type.dim(0), type.dim(1), type.dim(2), k.get().type().dim(2));
        var operands = new ArrayList<>(List.of(q.get(), k.get(), v.get()));
        boolean ok = scale.isPresent()
                && added(call, "mask", DType.BOOL, scores, operands)
                && added(call, "bias", type.dtype(), scores, operands);
        if (!ok) {
            return Val.POISON;
        }
        List<Constant> attributes = List.of(
                new Constant.Bool(call.has("mask")),
                new Constant.Bool(call.has("bias")),
                new Constant.Bool(causal.get()),
                new Constant.Float(dropout.get()),
                new Constant.Float(scale.get()));
        var made = new TensorType(
                type.dtype(),
                List.of(type.dim(0), type.dim(1), type.dim(2), v.get().type().dim(3)));
        return call.c().apply(Primitive.ATTENTION, operands, attributes, made, call.at());
    }

    /** The number written, or 1 / sqrt(d). */
    private static Optional<Double> scale(BuiltinCall call, Dim width) {
        if (call.has("scale")) {
            return call.number("scale");
        }
        return Optional.of(
                width.constant().isPresent() ? 1 / Math.sqrt(width.constant().getAsLong()) : Double.NaN);
    }

    private static Optional<Val.Tensor> heads(BuiltinCall call, String slot) {
        Optional<Val.Tensor> x = call.tensor(slot);
        if (x.isEmpty()) {
            return x;
        }
        TensorType type = x.get().type();
        if (type.rank() == 4 && type.dtype().isFloat()) {
            return x;
        }
        Diagnostic error = call.error(
                type.rank() == 4 ? "NND0305" : "NND0301",
                "`" + slot + "` of `attention` is floats " + LAYOUT + ", got " + type);
        call.fail(x.get()
                .trace()
                .mark(
                        type.rank() == 3
                                ? error.help("split the heads: `-> rearrange[N, T, (heads d) -> N, heads, T, d]`")
                                : error));
        return Optional.empty();
    }

    private static boolean fit(BuiltinCall call, Val.Tensor q, Val.Tensor k, Val.Tensor v) {
        boolean dtypes = q.type().dtype() == k.type().dtype()
                && q.type().dtype() == v.type().dtype();
        if (!dtypes) {
            call.fail(v.trace()
                    .mark(k.trace()
                            .mark(call.error(
                                    "NND0305",
                                    "`q`, `k` and `v` of `attention` need one dtype, got " + q.type() + ", " + k.type()
                                            + " and " + v.type()))));
            return false;
        }
        return agree(call, "q", q, "k", k, 0, "batch")
                && agree(call, "k", k, "v", v, 0, "batch")
                && agree(call, "q", q, "k", k, 3, "width of a head")
                && agree(call, "k", k, "v", v, 1, "number of heads")
                && agree(call, "k", k, "v", v, 2, "length")
                && grouped(call, q, k);
    }

    private static boolean agree(
            BuiltinCall call, String a, Val.Tensor left, String b, Val.Tensor right, int axis, String what) {
        Dim here = left.type().dim(axis);
        Dim there = right.type().dim(axis);
        if (NeuralBuiltins.same(call.c(), here, there)) {
            return true;
        }
        call.fail(right.trace()
                .mark(left.trace()
                        .mark(call.error(
                                "NND0230",
                                "`" + a + "` and `" + b + "` of `attention` need the same " + what + ": `" + a + "` is "
                                        + left.type() + ", `" + b + "` is " + right.type() + ", " + here + " against "
                                        + there + " in dim " + axis))));
        return false;
    }

    /** Each head of k and v serves equally many heads of q. */
    private static boolean grouped(BuiltinCall call, Val.Tensor q, Val.Tensor k) {
        Dim heads = q.type().dim(1);
        Dim shared = k.type().dim(1);
        boolean divides = heads.equals(shared)
                || shared.is(1)
                || heads.constant().isEmpty()
                || shared.constant().isEmpty()
                || heads.constant().getAsLong() % shared.constant().getAsLong() == 0;
        if (divides && (call.c().generic() || heads.equals(shared) || shared.is(1) || bothKnown(heads, shared))) {
            return true;
        }
        call.fail(k.trace()
                .mark(q.trace()
                        .mark(call.error(
                                "NND0232",
                                "the heads of `k` and `v` divide those of `q`, and " + shared + " does not divide "
                                        + heads))));
        return false;
    }

    private static boolean bothKnown(Dim a, Dim b) {
        return a.constant().isPresent() && b.constant().isPresent();
    }

    /** Adds a mask or bias that broadcasts to the scores [N, heads, Tq, Tk]. */
    private static boolean added(
            BuiltinCall call, String slot, DType dtype, List<Dim> scores, List<Val.Tensor> operands) {
        if (!call.has(slot)) {
            return true;
        }
        Optional<Val.Tensor> given = call.tensor(slot);
        if (given.isEmpty()) {
            return false;
        }
        TensorType type = given.get().type();
        var wanted = new TensorType(dtype, scores);
        if (type.dtype() != dtype) {
            call.fail(given.get().trace().mark(wrongDtype(call, slot, dtype, type)));
            return false;
        }
        Optional<String> problem = problem(call, type, scores);
        if (problem.isPresent()) {
            Diagnostic error = call.error(
                    "NND0231",
                    "the " + slot + " of `attention` broadcasts to the scores " + wanted + ", got " + type + ": "
                            + problem.get());
            Val.Tensor q = operands.get(0);
            Val.Tensor k = operands.get(1);
            Diagnostic marked =
                    given.get().trace().mark(k.trace().mark(q.trace().mark(error)));
            call.fail(withAxes(call, slot, type, marked));
            return false;
        }
        operands.add(given.get());
        return true;
    }

    /** Masks come without the axis of the heads: one per key [N, Tk], or one per query and key [N, Tq, Tk]. */
    private static Diagnostic withAxes(BuiltinCall call, String slot, TensorType type, Diagnostic error) {
        if (type.rank() < 2 || type.rank() > 3) {
            return error;
        }
        String axes = type.rank() == 2 ? "[:, none, none, :]" : "[:, none, :, :]";
        Diagnostic helped = error.help("the scores have an axis of heads: a mask of the keys [N, T] becomes"
                + " `mask[:, none, none, :]`, one of the queries and keys [N, Tq, Tk] becomes `mask[:, none, :, :]`");
        Span given = call.span(slot);
        return StandardLibrary.holds(given.file())
                ? helped
                : helped.candidate("write `" + given.text() + axes + "`", given, given.text() + axes);
    }

    private static Diagnostic wrongDtype(BuiltinCall call, String slot, DType dtype, TensorType type) {
        Diagnostic error =
                call.error("NND0231", "the " + slot + " of `attention` is " + dtype.text() + ", got " + type);
        return dtype == DType.BOOL
                ? error.help(
                        type.dtype().isFloat()
                                ? "numbers that are added to the scores are `bias: ...`"
                                : "true means that a place is attended to: `mask != 0`")
                : error;
    }

    private static Optional<String> problem(BuiltinCall call, TensorType type, List<Dim> scores) {
        if (type.rank() > scores.size()) {
            return Optional.of("it has " + type.rank() + " dims");
        }
        for (int i = 1; i <= type.rank(); i++) {
            Dim here = type.dim(-i);
            Dim there = scores.get(scores.size() - i);
            if (!here.is(1) && !NeuralBuiltins.same(call.c(), here, there)) {
                return Optional.of(here + " against " + there + " in dim " + (type.rank() - i));
            }
        }
        return Optional.empty();
    }

    /** {@code rotary_positions(x [..., T, d])}: turns pairs of features by an angle that grows with the position. */
    static Val rotary(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Double> base = call.has("base") ? call.number("base") : Optional.of(10_000.0);
        Optional<Boolean> interleaved = call.flag("interleaved", false);
        if (x.isEmpty() || base.isEmpty() || interleaved.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        if (type.rank() < 2 || !type.dtype().isFloat()) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            type.rank() < 2 ? "NND0301" : "NND0305",
                            "`rotary_positions` takes floats [..., T, d], got " + type)));
        }
        Dim width = type.dim(-1);
        if (width.constant().isPresent() && width.constant().getAsLong() % 2 != 0) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            "NND0230",
                            "`rotary_positions` turns pairs of features, so their number is even, got " + width)));
        }
        var operands = new ArrayList<>(List.of(x.get()));
        if (call.has("positions") && !positions(call, type, operands)) {
            return Val.POISON;
        }
        List<Constant> attributes = List.of(new Constant.Float(base.get()), new Constant.Bool(interleaved.get()));
        return call.c().apply(Primitive.ROTARY, operands, attributes, type, call.at());
    }

    private static boolean positions(BuiltinCall call, TensorType type, List<Val.Tensor> operands) {
        Optional<Val.Tensor> positions = call.tensor("positions");
        if (positions.isEmpty()) {
            return false;
        }
        TensorType given = positions.get().type();
        boolean fits = given.rank() == 1
                && given.dtype().kind() == DType.Kind.INTEGER
                && NeuralBuiltins.same(call.c(), given.dim(0), type.dim(-2));
        if (!fits) {
            call.fail(positions
                    .get()
                    .trace()
                    .mark(call.error(
                            "NND0230",
                            "the positions of `rotary_positions` are i32[" + type.dim(-2) + "], one for each step of "
                                    + type + ", got " + given)));
            return false;
        }
        operands.add(positions.get());
        return true;
    }
}
