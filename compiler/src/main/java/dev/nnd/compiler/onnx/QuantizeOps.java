package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Numbers of few bits with a scale and a zero point; what is computed with them is computed in floats. */
final class QuantizeOps {

    private QuantizeOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "QuantizeLinear", QuantizeOps::quantize);
        Rule.one(table, "DequantizeLinear", QuantizeOps::dequantize);
        table.put("DynamicQuantizeLinear", QuantizeOps::dynamic);
        Rule.one(
                table,
                "MatMulInteger",
                c -> c.cast(MatrixOps.product(c, centered(c, 0, 2, true), centered(c, 1, 3, false)), DType.I32));
        Rule.one(table, "ConvInteger", c -> c.cast(convolution(c, 0, 1, 2, 3), DType.I32));
        Rule.one(table, "QLinearMatMul", QuantizeOps::product);
        Rule.one(table, "QLinearConv", QuantizeOps::convolved);
    }

    private static DType result(NodeCall c, int zeroPoint) {
        if (c.has(zeroPoint)) {
            return c.type(zeroPoint).dtype();
        }
        int to = (int) c.integer("output_dtype", 0);
        return to == 0
                ? DType.U8
                : Tensors.dtype(to)
                        .orElseThrow(() -> new OnnxProblem("quantizing to " + Tensors.word(to) + " is not supported"));
    }

    /** A scale or zero point with the rank of what it belongs to: one number, one for each entry of an axis, or for blocks of them. */
    private static Value along(NodeCall c, Value factor, List<Dim> dims, DType dtype) {
        Value floats = c.cast(factor, dtype);
        int rank = floats.type().rank();
        boolean single = floats.type().dims().stream().allMatch(d -> d.is(1));
        if (rank == 0 || single && rank == 1) {
            return c.reshape(floats, List.of());
        }
        int axis = NodeCall.axis(c.integer("axis", 1), dims.size());
        long block = c.integer("block_size", 0);
        if (block > 0) {
            Value all = c.emit("repeat({}, {}, axis: {})", floats, block, axis);
            return c.slice(all, axis, Dim.ZERO, dims.get(axis));
        }
        if (rank > 1) {
            return floats;
        }
        var shape = new ArrayList<Dim>(List.of(floats.type().dim(0)));
        while (shape.size() < dims.size() - axis) {
            shape.add(Dim.ONE);
        }
        return c.reshape(floats, shape);
    }

    private static Value quantize(NodeCall c) {
        Value x = c.in(0);
        DType dtype = x.type().dtype().isFloat() ? x.type().dtype() : DType.F32;
        List<Dim> dims = x.type().dims();
        Value scaled = ElementwiseOps.operator(
                c, "/", ElementwiseOps.tensor(c, c.cast(x, dtype)), along(c, c.in(1), dims, dtype));
        return rounded(c, scaled, c.has(2) ? along(c, c.in(2), dims, dtype) : null, result(c, 2));
    }

    /** Rounded to even, moved by the zero point, held in the range of the dtype. */
    private static Value rounded(
            NodeCall c, Value scaled, @org.jspecify.annotations.Nullable Value zeroPoint, DType to) {
        Value round = c.emit("{} -> round", scaled);
        Value moved = zeroPoint == null ? round : ElementwiseOps.operator(c, "+", round, zeroPoint);
        List<String> range = switch (to) {
            case U8 -> List.of("0.0", "255.0");
            case I8 -> List.of("(-128.0)", "127.0");
            case F16, BF16, F32, F64, I32, I64, BOOL ->
                throw new OnnxProblem("quantizing to " + to.text() + " is not supported, to uint8 and int8 it is");
        };
        Value held = c.emit("minimum(maximum({}, {}), {})", moved, range.get(0), range.get(1));
        // The language has no arithmetic on i8; the numbers are the same as i32.
        return c.cast(held, to == DType.I8 ? DType.I32 : to);
    }

    private static Value dequantize(NodeCall c) {
        Value x = c.in(0);
        List<Dim> dims = x.type().dims();
        DType dtype = c.type(1).dtype();
        Value numbers = ElementwiseOps.tensor(c, c.cast(x, dtype));
        Value centered = c.has(2) ? ElementwiseOps.operator(c, "-", numbers, along(c, c.in(2), dims, dtype)) : numbers;
        return ElementwiseOps.operator(c, "*", centered, along(c, c.in(1), dims, dtype));
    }

    private static List<Value> dynamic(NodeCall c) {
        Value x = c.in(0);
        Value low = c.emit("minimum(min({}), 0.0)", x);
        Value range = c.emit("maximum(max({}), 0.0) - {}", x, low);
        Value scale = c.emit("select({} == 0.0, 1.0, {} / 255.0)", range, range);
        Value zero = c.emit("-{} / {} -> round -> clamp(0.0, 255.0)", low, scale);
        Value y = c.emit("({} / {} -> round) + {} -> clamp(0.0, 255.0) -> cast[u8]", x, scale, zero);
        return List.of(y, scale, c.cast(zero, DType.U8));
    }

    /** Numbers without their zero point, which may be one for each row or column; exact in f64. */
    private static Value centered(NodeCall c, int input, int zeroPoint, boolean rows) {
        Value x = ElementwiseOps.tensor(c, c.cast(c.in(input), DType.F64));
        if (!c.has(zeroPoint)) {
            return x;
        }
        return ElementwiseOps.operator(c, "-", x, factor(c, c.in(zeroPoint), rows));
    }

    private static Value factor(NodeCall c, Value given, boolean rows) {
        Value value = c.cast(given, DType.F64);
        if (value.type().dims().stream().allMatch(d -> d.is(1))) {
            return c.reshape(value, List.of());
        }
        return rows && value.type().rank() == 1 ? c.reshape(value, value.type().dim(0), Dim.ONE) : value;
    }

    private static Value convolution(NodeCall c, int x, int w, int xZero, int wZero) {
        Value image = centered(c, x, xZero, false);
        Value zero = c.has(wZero) ? channels(c, c.in(wZero), c.rank(w)) : null;
        Value kernel = ElementwiseOps.tensor(c, c.cast(c.in(w), DType.F64));
        kernel = zero == null ? kernel : ElementwiseOps.operator(c, "-", kernel, zero);
        return ConvolutionOps.convolved(c, image, kernel);
    }

    /** One number for each output channel of a kernel, or of an image if {@code rank} is one less. */
    private static Value channels(NodeCall c, Value given, int rank) {
        Value value = c.cast(given, DType.F64);
        if (value.type().dims().stream().allMatch(d -> d.is(1))) {
            return c.reshape(value, List.of());
        }
        var shape = new ArrayList<Dim>(List.of(value.type().dim(0)));
        while (shape.size() < rank) {
            shape.add(Dim.ONE);
        }
        return c.reshape(value, shape);
    }

    private static Value product(NodeCall c) {
        Value y = MatrixOps.product(c, centered(c, 0, 2, true), centered(c, 3, 5, false));
        Value scale = ElementwiseOps.operator(
                c,
                "/",
                ElementwiseOps.operator(
                        c, "*", ElementwiseOps.tensor(c, factor(c, c.in(1), true)), factor(c, c.in(4), false)),
                factor(c, c.in(6), true));
        return rounded(
                c,
                ElementwiseOps.operator(c, "*", y, scale),
                factor(c, c.in(7), true),
                c.type(7).dtype());
    }

    private static Value convolved(NodeCall c) {
        Value y = convolution(c, 0, 3, 2, 5);
        int rank = c.rank(0) - 1;
        y = c.has(8) ? ElementwiseOps.operator(c, "+", y, channels(c, c.in(8), rank)) : y;
        Value scale = ElementwiseOps.operator(
                c,
                "/",
                ElementwiseOps.operator(
                        c, "*", ElementwiseOps.tensor(c, channels(c, c.in(4), rank)), channels(c, c.in(1), rank)),
                channels(c, c.in(6), rank));
        return rounded(
                c,
                ElementwiseOps.operator(c, "*", y, scale),
                channels(c, c.in(7), rank),
                c.type(7).dtype());
    }
}
