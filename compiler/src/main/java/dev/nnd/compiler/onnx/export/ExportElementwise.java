package dev.nnd.compiler.onnx.export;

import static dev.nnd.compiler.onnx.export.ExportNodes.integer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import java.util.List;

/** The nodes of ONNX for ops on single elements and for reductions. */
final class ExportElementwise {

    private final ExportNodes to;

    ExportElementwise(ExportNodes to) {
        this.to = to;
    }

    String unary(Op.UnaryFunction function, String name, String x, DType dtype) {
        return switch (function) {
            case NEGATE -> to.node("Neg", name, x);
            case ABS -> to.node("Abs", name, x);
            case SIGN -> to.node("Sign", name, x);
            case SQUARE -> to.node("Mul", name, x, x);
            case SQRT -> to.node("Sqrt", name, x);
            case RSQRT -> to.node("Reciprocal", name, to.step("Sqrt", x));
            case RECIPROCAL -> to.node("Reciprocal", name, x);
            case EXP -> to.node("Exp", name, x);
            case EXPM1 -> to.node("Sub", name, to.step("Exp", x), to.scalar(1, dtype));
            case LOG -> to.node("Log", name, x);
            case LOG1P -> to.node("Log", name, to.step("Add", x, to.scalar(1, dtype)));
            case SIN -> to.node("Sin", name, x);
            case COS -> to.node("Cos", name, x);
            case TANH -> to.node("Tanh", name, x);
            case SIGMOID -> to.node("Sigmoid", name, x);
            case RELU -> to.node("Relu", name, x);
            case ERF -> to.node("Erf", name, x);
            case SOFTPLUS -> to.node("Softplus", name, x);
            case FLOOR -> to.node("Floor", name, x);
            case CEIL -> to.node("Ceil", name, x);
            case ROUND -> to.node("Round", name, x);
            case ASIN -> to.node("Asin", name, x);
            case ACOS -> to.node("Acos", name, x);
            case ATAN -> to.node("Atan", name, x);
            case STOP_GRADIENT -> to.node("Identity", name, x);
            case NOT -> to.node("Not", name, x);
        };
    }

    String binary(Op.BinaryFunction function, String name, String a, String b, DType dtype) {
        return switch (function) {
            case ADD -> to.node("Add", name, a, b);
            case SUBTRACT -> to.node("Sub", name, a, b);
            case MULTIPLY -> to.node("Mul", name, a, b);
            case DIVIDE -> to.node("Div", name, a, b);
            case POWER -> to.node("Pow", name, a, b);
            case MINIMUM -> to.node("Min", name, a, b);
            case MAXIMUM -> to.node("Max", name, a, b);
            case AND -> to.node("And", name, a, b);
            case OR -> to.node("Or", name, a, b);
            case FLOOR_DIVIDE ->
                dtype.isFloat()
                        ? to.node("Floor", name, to.step("Div", a, b))
                        : to.node("Div", name, to.step("Sub", a, to.step("Mod", a, b)), b);
            case REMAINDER ->
                dtype.isFloat()
                        ? to.node("Sub", name, a, to.step("Mul", b, to.step("Floor", to.step("Div", a, b))))
                        : to.node("Mod", name, a, b);
        };
    }

    String compare(Op.Comparison comparison, String name, String a, String b) {
        return switch (comparison) {
            case EQUAL -> to.node("Equal", name, a, b);
            case NOT_EQUAL -> to.node("Not", name, to.step("Equal", a, b));
            case LESS -> to.node("Less", name, a, b);
            case LESS_EQUAL -> to.node("LessOrEqual", name, a, b);
            case GREATER -> to.node("Greater", name, a, b);
            case GREATER_EQUAL -> to.node("GreaterOrEqual", name, a, b);
        };
    }

    String reduce(Op.Reduce reduce, String name, String x, DType dtype) {
        String op = switch (reduce.function()) {
            case SUM -> "ReduceSum";
            case MEAN -> "ReduceMean";
            case PRODUCT -> "ReduceProd";
            case MAX, ANY -> "ReduceMax";
            case MIN, ALL -> "ReduceMin";
        };
        String axes = to.list(reduce.axes().stream().map(Long::valueOf).toList());
        List<AttributeProto> keep = List.of(integer("keepdims", reduce.keepDims() ? 1 : 0));
        if (dtype != DType.BOOL) {
            return to.node(op, name, keep, x, axes);
        }
        String whole = to.step("Cast", List.of(integer("to", OnnxExport.number(DType.I32))), x);
        String found = to.step(op, keep, whole, axes);
        return to.node("Cast", name, List.of(integer("to", OnnxExport.number(DType.BOOL))), found);
    }
}
