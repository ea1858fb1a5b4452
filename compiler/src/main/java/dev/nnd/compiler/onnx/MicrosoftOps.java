package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The fused operators of ONNX Runtime that are an operator with something before or behind it. */
final class MicrosoftOps {

    private static final String DOMAIN = "com.microsoft:";

    private MicrosoftOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, DOMAIN + "FastGelu", c -> c.emit("{} -> gelu_tanh", biased(c, 0, 1)));
        Rule.one(table, DOMAIN + "BiasGelu", c -> c.emit("{} -> gelu", biased(c, 0, 1)));
        Rule.one(table, DOMAIN + "BiasAdd", c -> c.emit("{} + {}", biased(c, 0, 1), c.in(2)));
        Rule.one(
                table,
                DOMAIN + "QuickGelu",
                c -> c.emit("{} * sigmoid({} * {})", c.in(0), Literals.of(c.number("alpha", 1.702)), c.in(0)));
        Rule.one(table, DOMAIN + "FusedMatMul", MicrosoftOps::product);
        Rule.one(table, DOMAIN + "TransposeMatMul", MicrosoftOps::product);
        Rule.one(table, DOMAIN + "FusedGemm", c -> activated(c, MatrixOps.gemm(c)));
        Rule.one(table, DOMAIN + "FusedConv", MicrosoftOps::convolution);
        Rule.one(table, DOMAIN + "MatMulNBits", MicrosoftOps::narrow);
        table.put(DOMAIN + "SkipLayerNormalization", c -> skip(c, true));
        table.put(DOMAIN + "SkipSimplifiedLayerNormalization", c -> skip(c, false));
        Rule.one(table, "SimplifiedLayerNormalization", MicrosoftOps::simplified);
        table.put(DOMAIN + "EmbedLayerNormalization", MicrosoftOps::embedded);
    }

    private static Value biased(NodeCall c, int x, int bias) {
        return c.has(bias) ? ElementwiseOps.operator(c, "+", c.in(x), c.in(bias)) : c.in(x);
    }

    private static Value product(NodeCall c) {
        Value a = matrix(c, c.in(0), "transA", "transBatchA");
        Value b = matrix(c, c.in(1), "transB", "transBatchB");
        float alpha = c.number("alpha", 1);
        Value y = MatrixOps.product(c, a, b);
        return alpha == 1 ? y : c.emit("{} * {}", y, Literals.of(alpha));
    }

    private static Value matrix(NodeCall c, Value x, String turned, String batch) {
        Value moved = x;
        int rank = x.type().rank();
        if (c.integer(batch, 0) == 1) {
            // The first axis goes before the last one.
            List<Integer> order = new java.util.ArrayList<>(
                    IntStream.range(1, rank - 1).boxed().toList());
            order.add(0);
            order.add(rank - 1);
            moved = c.transpose(x, order);
        }
        return c.integer(turned, 0) == 1 && rank > 1 ? c.emit("{} -> transpose", moved) : moved;
    }

    private static Value convolution(NodeCall c) {
        Value y = ConvolutionOps.convolution(c);
        return activated(c, c.has(3) ? c.emit("{} + {}", y, c.in(3)) : y);
    }

    private static Value activated(NodeCall c, Value y) {
        String name = c.word("activation", "");
        List<Float> given = c.numbers("activation_params");
        double alpha = c.hasAttribute("activation_alpha")
                ? c.number("activation_alpha", 0)
                : given.isEmpty() ? Double.NaN : given.get(0);
        double beta = c.hasAttribute("activation_beta")
                ? c.number("activation_beta", 0)
                : given.size() < 2 ? Double.NaN : given.get(1);
        if (name.equals("Clip") && given.size() == 2) {
            return c.emit("{} -> clamp({}, {})", y, Literals.of(given.get(0)), Literals.of(given.get(1)));
        }
        return name.isEmpty() ? y : ActivationOps.named(c, name, y, alpha, beta);
    }

    /** A weight in 4 or 8 bits, in blocks with a scale each; it becomes floats while importing. */
    private static Value narrow(NodeCall c) {
        long width = c.integer("K", 0);
        long out = c.integer("N", 0);
        int bits = (int) c.integer("bits", 4);
        int block = (int) c.integer("block_size", 32);
        if (bits != 4 && bits != 8 || width < 1 || out < 1 || block < 1 || c.has(4)) {
            throw new OnnxProblem("weights of 4 or 8 bits without a group index are supported, these have " + bits);
        }
        TensorData packed = c.data(1);
        TensorData scales = c.data(2);
        int blocks = Math.toIntExact(Math.ceilDiv(width, block));
        int each = 8 / bits;
        int blob = Math.ceilDiv(block, each);
        int mask = (1 << bits) - 1;
        TensorData weight = TensorData.floats(scales.dtype(), List.of(out, width), i -> {
            int row = Math.toIntExact(i / width);
            int column = Math.toIntExact(i % width);
            int within = column % block;
            int place = (row * blocks + column / block) * blob + within / each;
            long number = packed.integer(place) >> (within % each * bits) & mask;
            return (number - zeroPoint(c, row, column / block, blocks, bits))
                    * scales.number(row * blocks + column / block);
        });
        Value y = Layers.dense(c, c.in(0), new Value.Known(c.in(1).hint(), weight, true));
        return c.has(5) ? ElementwiseOps.operator(c, "+", y, c.in(5)) : y;
    }

    private static double zeroPoint(NodeCall c, int row, int block, int blocks, int bits) {
        if (!c.has(3)) {
            return 1 << (bits - 1);
        }
        TensorData points = c.data(3);
        if (points.dtype().isFloat()) {
            return points.number(row * blocks + block);
        }
        int each = 8 / bits;
        int bytes = Math.ceilDiv(blocks, each);
        return points.integer(row * bytes + block / each) >> (block % each * bits) & ((1 << bits) - 1);
    }

    private static List<Value> skip(NodeCall c, boolean centers) {
        int bias = centers ? 4 : 3;
        Value sum = c.emit("{} + {}", c.in(0), c.in(1));
        sum = c.has(bias) ? ElementwiseOps.operator(c, "+", sum, c.in(bias)) : sum;
        String eps = Literals.of(c.number("epsilon", 1e-12));
        Value normal = centers ? normalized(c, sum, eps) : rootMeanSquare(c, sum, eps);
        Value y = ElementwiseOps.operator(c, "*", normal, c.in(2));
        y = centers && c.has(3) ? ElementwiseOps.operator(c, "+", y, c.in(3)) : y;
        return List.of(y, y, y, sum);
    }

    private static Value normalized(NodeCall c, Value x, String eps) {
        Value centered = c.emit("{} - mean({}, axis: -1, keep_dims: true)", x, x);
        return c.emit("{} * rsqrt(mean(square({}), axis: -1, keep_dims: true) + {})", centered, centered, eps);
    }

    private static Value rootMeanSquare(NodeCall c, Value x, String eps) {
        return c.emit("{} * rsqrt(mean(square({}), axis: -1, keep_dims: true) + {})", x, x, eps);
    }

    private static Value simplified(NodeCall c) {
        if (NodeCall.axis(c.integer("axis", -1), c.rank(0)) != c.rank(0) - 1) {
            throw new OnnxProblem("the last axis is supported");
        }
        Value normal = rootMeanSquare(c, c.in(0), Literals.of(c.number("epsilon", 1e-5)));
        return ElementwiseOps.operator(c, "*", normal, c.in(1));
    }

    /** Words, positions and segments, summed and normalized; a mask becomes the number of words in each example. */
    private static List<Value> embedded(NodeCall c) {
        Value ids = c.in(0);
        List<Dim> dims = ids.type().dims();
        Value sum = looked(c, 2, ids);
        Value places = c.has(8) ? looked(c, 3, c.in(8)) : c.slice(c.in(3), 0, Dim.ZERO, dims.get(1));
        sum = ElementwiseOps.operator(c, "+", sum, places);
        if (c.has(4) && c.has(1)) {
            sum = ElementwiseOps.operator(c, "+", sum, looked(c, 4, c.in(1)));
        }
        Value normal = normalized(c, sum, Literals.of(c.number("epsilon", 1e-12)));
        Value scaled = ElementwiseOps.operator(c, "*", normal, c.in(5));
        Value y = c.has(6) ? ElementwiseOps.operator(c, "+", scaled, c.in(6)) : scaled;
        Value words = !c.wants(1)
                ? y
                : c.has(7)
                        ? c.emit("sum({}, axis: 1)", c.in(7))
                        : c.body().filled(ids.type().withDims(List.of(dims.get(0))), "0", 0);
        return List.of(y, words, sum);
    }

    private static Value looked(NodeCall c, int table, Value index) {
        return c.in(table) instanceof Value.Known k && Layers.isWeight(k, 2) && index instanceof Value.Computed
                ? Layers.embedding(c, k, index)
                : IndexOps.take(c, c.in(table), index, 0);
    }
}
