package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rules of batch normalization, dropout and embedding. */
final class NeuralRules {

    private NeuralRules() {}

    /** {@code batch_norm(x [N, C, ...], mean [C], variance [C], weight [C], bias [C])}. */
    static Val batchNorm(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Double> momentum = call.has("momentum") ? call.number("momentum") : Optional.of(0.1);
        Optional<Double> eps = call.has("eps") ? call.number("eps") : Optional.of(1e-5);
        if (x.isEmpty() || momentum.isEmpty() || eps.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        if (type.rank() < 2 || !type.dtype().isFloat()) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            type.rank() < 2 ? "NND0301" : "NND0305",
                            "`batch_norm` takes floats [N, channels, ...], got " + type)));
        }
        if (call.has("weight") != call.has("bias")) {
            return call.fail(call.error("NND0202", "`batch_norm` takes `weight` and `bias` together"));
        }
        var operands = new ArrayList<Val.Tensor>();
        operands.add(x.get());
        for (String slot :
                call.has("weight") ? List.of("mean", "variance", "weight", "bias") : List.of("mean", "variance")) {
            Optional<Val.Tensor> part = perChannel(call, slot, x.get());
            if (part.isEmpty()) {
                return Val.POISON;
            }
            operands.add(part.get());
        }
        List<Constant> attributes = List.of(new Constant.Float(momentum.get()), new Constant.Float(eps.get()));
        return call.c().apply(Primitive.BATCH_NORM, operands, attributes, type, call.at());
    }

    private static Optional<Val.Tensor> perChannel(BuiltinCall call, String slot, Val.Tensor x) {
        Optional<Val.Tensor> part = call.tensor(slot);
        if (part.isEmpty()) {
            return part;
        }
        TensorType type = part.get().type();
        boolean fits = type.rank() == 1
                && type.dtype() == x.type().dtype()
                && NeuralBuiltins.same(call.c(), type.dim(0), x.type().dim(1));
        if (fits) {
            return part;
        }
        call.fail(part.get()
                .trace()
                .mark(x.trace()
                        .mark(call.error(
                                "NND0307",
                                "`" + slot + "` of `" + call.name() + "` is one number per channel, "
                                        + x.type().withDims(List.of(x.type().dim(1))) + ", got " + type))));
        return Optional.empty();
    }

    /** {@code dropout(x, rate)}: the same type; a rate of 0 is no dropout. */
    static Val dropout(Primitive primitive, BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Double> rate = rate(call, "rate");
        if (x.isEmpty() || rate.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        int least = primitive == Primitive.CHANNEL_DROPOUT ? 2 : 0;
        if (!type.dtype().isFloat() || type.rank() < least) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            type.rank() < least ? "NND0301" : "NND0305",
                            "`" + call.name() + "` takes floats" + (least > 0 ? " [N, channels, ...]" : "") + ", got "
                                    + type)));
        }
        return rate.get() == 0
                ? x.get()
                : call.c().apply(primitive, List.of(x.get()), List.of(new Constant.Float(rate.get())), type, call.at());
    }

    /** A share to drop: at least 0 and below 1. */
    static Optional<Double> rate(BuiltinCall call, String slot) {
        Optional<Double> rate = call.number(slot);
        if (rate.isPresent() && !(rate.get() >= 0 && rate.get() < 1)) {
            Diagnostic error = Diagnostic.error(
                    "NND0240",
                    call.span(slot),
                    "the share that dropout drops is at least 0 and below 1, got " + Decimals.text(rate.get()));
            call.fail(
                    rate.get() >= 2 && rate.get() <= 100
                            ? error.help("for " + Decimals.text(rate.get()) + " percent write "
                                    + Decimals.text(rate.get() / 100))
                            : error);
            return Optional.empty();
        }
        return rate;
    }

    /** {@code embedding(index [...], weight [rows, D])}: f32 [..., D]. */
    static Val embedding(BuiltinCall call) {
        Optional<Val.Tensor> index = call.tensor("index");
        Optional<Val.Tensor> weight = call.tensor("weight");
        Optional<Dim> padding = call.has("padding_index") ? call.dim("padding_index") : Optional.of(Dim.of(-1));
        if (index.isEmpty() || weight.isEmpty() || padding.isEmpty()) {
            return Val.POISON;
        }
        TensorType table = weight.get().type();
        if (table.rank() != 2) {
            return call.fail(weight.get()
                    .trace()
                    .mark(call.error("NND0301", "the weight of `embedding` is [rows, width], got " + table)));
        }
        if (!index.get().type().dtype().kind().equals(dev.nnd.compiler.type.DType.Kind.INTEGER)) {
            return call.fail(index.get()
                    .trace()
                    .mark(call.error(
                                    "NND0234",
                                    "an embedding looks up whole numbers, such as i32, got "
                                            + index.get().type())
                            .help("for numbers that are no indices use `Dense`; to use them as indices write"
                                    + " `-> cast[i32]` before it")));
        }
        if (!rowsFit(call, index.get(), table.dim(0), padding.get())) {
            return Val.POISON;
        }
        var dims = new ArrayList<>(index.get().type().dims());
        dims.add(table.dim(1));
        return call.c()
                .apply(
                        Primitive.EMBEDDING,
                        List.of(index.get(), weight.get()),
                        List.of(new Constant.Int(padding.get())),
                        table.withDims(dims),
                        call.at());
    }

    private static boolean rowsFit(BuiltinCall call, Val.Tensor index, Dim rows, Dim padding) {
        if (rows.constant().isEmpty()) {
            return true;
        }
        long count = rows.constant().getAsLong();
        if (padding.constant().isPresent() && padding.constant().getAsLong() >= count) {
            call.fail(Diagnostic.error(
                    "NND0235",
                    call.span("padding_index"),
                    "the embedding has " + count + " rows, so row " + padding + " cannot be its padding"));
            return false;
        }
        Optional<Val.Classes> classes = index.classes().filter(c -> !c.ids());
        boolean fits = classes.isEmpty()
                || classes.get().count().constant().isEmpty()
                || classes.get().count().constant().getAsLong() <= count;
        if (!fits) {
            Dim wanted = classes.get().count();
            call.fail(index.trace()
                    .mark(call.error(
                                    "NND0235",
                                    "the embedding has " + count + " rows, but the indices go from 0 to "
                                            + wanted.minus(Dim.ONE))
                            .label(classes.get().span(), "has " + wanted + " values"))
                    .help("give the embedding " + wanted + " rows"));
        }
        return fits;
    }
}
