package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Map;

/**
 * Draws of random numbers, by the language's own generator: of the same distribution as in any other runtime, and other
 * numbers. A seed of the file says nothing to it; a model is given its own.
 */
final class RandomOps {

    private RandomOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "RandomNormal", c -> normal(c, dims(c), kind(c, DType.F32)));
        Rule.one(
                table,
                "RandomNormalLike",
                c -> normal(c, c.type(0).dims(), kind(c, c.type(0).dtype())));
        Rule.one(table, "RandomUniform", c -> uniform(c, dims(c), kind(c, DType.F32)));
        Rule.one(
                table,
                "RandomUniformLike",
                c -> uniform(c, c.type(0).dims(), kind(c, c.type(0).dtype())));
        Rule.one(table, "Bernoulli", RandomOps::bernoulli);
        Rule.one(table, "Multinomial", RandomOps::multinomial);
    }

    private static List<Dim> dims(NodeCall c) {
        return c.integers("shape").orElseThrow(() -> new OnnxProblem("the attribute `shape` is missing")).stream()
                .map(Dim::of)
                .toList();
    }

    private static DType kind(NodeCall c, DType otherwise) {
        int number = (int) c.integer("dtype", 0);
        return number == 0
                ? otherwise
                : Tensors.dtype(number)
                        .orElseThrow(() -> new OnnxProblem("draws of " + Tensors.word(number) + " are not supported"));
    }

    private static Value normal(NodeCall c, List<Dim> dims, DType dtype) {
        String mean = Literals.of(c.number("mean", 0));
        String deviation = Literals.of(c.number("scale", 1));
        return drawn(c, "normal", dims, "mean: " + mean + ", std: " + deviation, dtype);
    }

    private static Value uniform(NodeCall c, List<Dim> dims, DType dtype) {
        return drawn(
                c, "uniform", dims, Literals.of(c.number("low", 0)) + ", " + Literals.of(c.number("high", 1)), dtype);
    }

    private static Value drawn(NodeCall c, String name, List<Dim> dims, String settings, DType dtype) {
        if (dims.isEmpty()) {
            return c.emit("{} -> squeeze[0]", drawn(c, name, List.of(Dim.ONE), settings, dtype));
        }
        return c.cast(c.emit(name + "[" + Body.dims(dims) + "](" + settings + ")"), dtype);
    }

    private static Value bernoulli(NodeCall c) {
        Value chance = c.in(0);
        Value drawn = drawn(
                c, "uniform", chance.type().dims(), "0.0, 1.0", chance.type().dtype());
        return ElementwiseOps.convert(
                c, c.emit("{} < {}", drawn, chance), kind(c, chance.type().dtype()));
    }

    /** The class with the largest logarithm of chance plus Gumbel noise is a draw by these chances (Gumbel 1954). */
    private static Value multinomial(NodeCall c) {
        Value scores = c.in(0);
        List<Dim> dims = List.of(
                scores.type().dim(0),
                Dim.of(c.integer("sample_size", 1)),
                scores.type().dim(1));
        Value drawn = drawn(c, "uniform", dims, "0.0, 1.0", scores.type().dtype());
        Value noise = c.emit("-log(-log({}))", drawn);
        Value best = c.emit("argmax({}[:, none, :] + {}, axis: 2)", scores, noise);
        return c.cast(best, kind(c, DType.I32));
    }
}
