package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/** Operations on bits. The language has none: two digits of four bits are looked up in a table of 256 results. */
final class BitOps {

    private static final int DIGIT = 4;

    private BitOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "BitwiseAnd", c -> joined(c, (a, b) -> a & b));
        Rule.one(table, "BitwiseOr", c -> joined(c, (a, b) -> a | b));
        Rule.one(table, "BitwiseXor", c -> joined(c, (a, b) -> a ^ b));
        Rule.one(
                table,
                "BitwiseNot",
                c -> c.type(0).dtype() == DType.U8
                        ? c.cast(c.emit("255 - {}", c.cast(c.in(0), DType.I32)), DType.U8)
                        : c.emit("-{} - 1", ElementwiseOps.tensor(c, c.in(0))));
        Rule.one(table, "BitShift", BitOps::shifted);
    }

    private static Value joined(NodeCall c, LongBinaryOperator function) {
        DType dtype = c.type(0).dtype();
        DType wide = dtype == DType.I64 ? DType.I64 : DType.I32;
        Value a = ElementwiseOps.tensor(c, c.cast(c.in(0), wide));
        Value b = ElementwiseOps.tensor(c, c.cast(c.in(1), wide));
        int digits = dtype.bytes() * Byte.SIZE / DIGIT;
        Value plain = digitTable(wide, function, false);
        Value signed = digitTable(wide, function, true);
        Value sum = null;
        for (int i = 0; i < digits; i++) {
            long place = 1L << (DIGIT * i);
            Value row = ElementwiseOps.operator(c, "+", c.emit("{} * 16", digit(c, a, place)), digit(c, b, place));
            boolean last = i == digits - 1 && dtype != DType.U8;
            Value part = c.emit("take({}, {}, axis: 0) * {}", last ? signed : plain, row, place);
            sum = sum == null ? part : c.emit("{} + {}", sum, part);
        }
        return c.cast(sum == null ? a : sum, dtype);
    }

    private static Value digit(NodeCall c, Value x, long place) {
        return place == 1 ? c.emit("remainder({}, 16)", x) : c.emit("remainder(floor_div({}, {}), 16)", x, place);
    }

    /** What the function makes of each pair of digits; the highest digit of a signed number has a sign. */
    private static Value digitTable(DType dtype, LongBinaryOperator function, boolean signed) {
        return new Value.Known(
                signed ? "signed_digits" : "digits",
                TensorData.integers(dtype, List.of(256L), i -> {
                    long made = function.applyAsLong(i / 16, i % 16);
                    return signed && made >= 8 ? made - 16 : made;
                }),
                false);
    }

    private static Value shifted(NodeCall c) {
        if (c.type(0).dtype() != DType.U8) {
            throw new OnnxProblem("shifts of uint8 are supported, this is one of " + c.type(0));
        }
        Value x = ElementwiseOps.tensor(c, c.cast(c.in(0), DType.I32));
        Value powers = new Value.Known("powers", TensorData.integers(DType.I32, List.of(9L), i -> 1L << i), false);
        Value by = ElementwiseOps.tensor(c, c.cast(c.in(1), DType.I32));
        Value factor = c.emit("take({}, minimum({}, 8), axis: 0)", powers, by);
        Value made = c.word("direction", "").equals("LEFT")
                ? c.emit("remainder({} * {}, 256)", x, factor)
                : c.emit("floor_div({}, {})", x, factor);
        return c.cast(made, DType.U8);
    }
}
