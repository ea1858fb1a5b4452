package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.Primitive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns data expressions into Java expressions for one element of type float. Gathers on the way what the class needs
 * beside them: arrays of constants and functions that Java has not got.
 */
final class FieldCode {

    private static final int ADDITIVE = 1;
    private static final int MULTIPLICATIVE = 2;
    private static final int PRIMARY = 3;

    private final Map<String, List<Double>> constants = new LinkedHashMap<>();
    private final Set<Primitive> functions = new TreeSet<>();
    private final List<String> columns;

    /** Code over columns with these names, in the order of the source's columns. */
    FieldCode(List<String> columns) {
        this.columns = columns;
    }

    /** A Java expression and how tightly its outermost operator binds. */
    private record Code(CodeBlock text, int binding) {

        CodeBlock atLeast(int needed) {
            return binding >= needed ? text : CodeBlock.of("($L)", text);
        }
    }

    /** Named arrays that the code refers to, in the order of first use. */
    Map<String, List<Double>> constants() {
        return constants;
    }

    /** Functions that the code calls by the name of {@link Primitive#text()}. */
    Set<Primitive> functions() {
        return functions;
    }

    /**
     * The float value of element {@code index} of the expression, elements being in row-major order.
     *
     * @param prefix of the names of constants: the field's name in upper snake case
     */
    CodeBlock element(DataExpr expression, String index, String prefix) {
        return code(expression, index, prefix).text();
    }

    private Code code(DataExpr expression, String index, String prefix) {
        return switch (expression) {
            case DataExpr.Images x -> primary("row.pixel($L)", index);
            case DataExpr.Labels x -> primary("row.label()");
            case DataExpr.Column x -> primary("row.value($L)", columnConstant(columns, x.name()));
            case DataExpr.Number x -> number(floatLiteral(x.value()));
            case DataExpr.Unary x -> unary(x, index, prefix);
            case DataExpr.Binary x -> binary(x, index, prefix);
            case DataExpr.Normalize x -> normalize(x, index, prefix);
            case DataExpr.Standardize x ->
                primary(
                        "$L.apply($L, $L)",
                        learnedName(x),
                        index,
                        code(x.operand(), index, prefix).text());
            case DataExpr.TextColumn x -> throw refused(x);
            case DataExpr.Stream x -> throw refused(x);
            case DataExpr.FieldValue x -> throw refused(x);
            case DataExpr.Apply x -> throw refused(x);
        };
    }

    /** What has no code yet is refused before any is made. */
    private static IllegalArgumentException refused(DataExpr expression) {
        return new IllegalArgumentException("no code for " + expression);
    }

    private static Code primary(String format, Object... arguments) {
        return new Code(CodeBlock.of(format, arguments), PRIMARY);
    }

    /** A negative number needs parentheses after a minus sign. */
    private static Code number(String literal) {
        return new Code(CodeBlock.of("$L", literal), literal.startsWith("-") ? MULTIPLICATIVE : PRIMARY);
    }

    private Code unary(DataExpr.Unary x, String index, String prefix) {
        Code operand = code(x.operand(), index, prefix);
        CodeBlock text = operand.text();
        return switch (x.function()) {
            case NEGATE -> new Code(CodeBlock.of("-$L", operand.atLeast(PRIMARY)), MULTIPLICATIVE);
            case ABS -> primary("$T.abs($L)", Math.class, text);
            case SIGN -> primary("$T.signum($L)", Math.class, text);
            case SQRT -> primary("(float) $T.sqrt($L)", Math.class, text);
            case EXP -> primary("(float) $T.exp($L)", Math.class, text);
            case EXPM1 -> primary("(float) $T.expm1($L)", Math.class, text);
            case LOG -> primary("(float) $T.log($L)", Math.class, text);
            case LOG1P -> primary("(float) $T.log1p($L)", Math.class, text);
            case SIN -> primary("(float) $T.sin($L)", Math.class, text);
            case COS -> primary("(float) $T.cos($L)", Math.class, text);
            case TANH -> primary("(float) $T.tanh($L)", Math.class, text);
            case FLOOR -> primary("(float) $T.floor($L)", Math.class, text);
            case CEIL -> primary("(float) $T.ceil($L)", Math.class, text);
            case ROUND -> primary("(float) $T.rint($L)", Math.class, text);
            case RELU -> primary("$T.max($L, 0f)", Math.class, text);
            case RECIPROCAL -> new Code(CodeBlock.of("1f / $L", operand.atLeast(PRIMARY)), MULTIPLICATIVE);
            case RSQRT -> new Code(CodeBlock.of("1f / (float) $T.sqrt($L)", Math.class, text), MULTIPLICATIVE);
            case SQUARE, SIGMOID, SOFTPLUS, ERF, NOT -> {
                functions.add(x.function());
                yield primary("$L($L)", x.function().text(), text);
            }
            default -> throw new IllegalArgumentException(x.function() + " is not a function of one number");
        };
    }

    private Code binary(DataExpr.Binary x, String index, String prefix) {
        Code left = code(x.left(), operandIndex(x.left().type(), x.type(), index), prefix);
        Code right = code(x.right(), operandIndex(x.right().type(), x.type(), index), prefix);
        return switch (x.function()) {
            case ADD -> infix(left, "+", right, ADDITIVE);
            case SUBTRACT -> infix(left, "-", right, ADDITIVE);
            case MULTIPLY -> infix(left, "*", right, MULTIPLICATIVE);
            case DIVIDE -> infix(left, "/", right, MULTIPLICATIVE);
            case POWER -> primary("(float) $T.pow($L, $L)", Math.class, left.text(), right.text());
            case MINIMUM -> primary("$T.min($L, $L)", Math.class, left.text(), right.text());
            case MAXIMUM -> primary("$T.max($L, $L)", Math.class, left.text(), right.text());
            default -> throw new IllegalArgumentException(x.function() + " is not a function of two numbers");
        };
    }

    /** The right operand binds tighter, so that a - (b - c) keeps its parentheses. */
    private static Code infix(Code left, String operator, Code right, int binding) {
        return new Code(CodeBlock.of("$L $L $L", left.atLeast(binding), operator, right.atLeast(binding + 1)), binding);
    }

    private Code normalize(DataExpr.Normalize x, String index, String prefix) {
        CodeBlock operand = code(x.operand(), index, prefix).atLeast(ADDITIVE);
        String channel = channelIndex(x.type(), index);
        CodeBlock mean = perChannel(prefix + "_MEAN", x.mean(), channel);
        CodeBlock std = perChannel(prefix + "_STD", x.std(), channel);
        return new Code(CodeBlock.of("($L - $L) / $L", operand, mean, std), MULTIPLICATIVE);
    }

    private static String channelIndex(TensorType type, String index) {
        long plane = elements(type) / Math.max(1, type.rank() == 0 ? 1 : size(type.dim(0)));
        return plane <= 1 || index.equals("0") ? index : group(index) + " / " + plane;
    }

    private CodeBlock perChannel(String wanted, List<Double> values, String channel) {
        if (values.size() == 1) {
            return CodeBlock.of("$L", floatLiteral(values.getFirst()));
        }
        String name = wanted;
        for (int n = 2; constants.containsKey(name) && !constants.get(name).equals(values); n++) {
            name = wanted + "_" + n;
        }
        constants.put(name, values);
        return CodeBlock.of("$L[$L]", name, channel);
    }

    /** Where element {@code index} of the result is in an operand that is broadcast to it. */
    static String operandIndex(TensorType operand, TensorType result, String index) {
        long operandElements = elements(operand);
        if (operandElements == elements(result)) {
            return index;
        }
        if (operandElements == 1) {
            return "0";
        }
        var sum = new StringBuilder();
        long stride = 1;
        long resultStride = 1;
        for (int back = 1; back <= operand.rank(); back++) {
            long size = size(operand.dim(-back));
            if (size > 1) {
                String at = resultStride == 1 ? index : group(index) + " / " + resultStride;
                String term = back == result.rank() ? at : group(at) + " % " + size;
                sum.insert(0, (stride == 1 ? term : group(term) + " * " + stride) + (sum.isEmpty() ? "" : " + "));
            }
            stride *= size;
            resultStride *= size(result.dim(-back));
        }
        return sum.toString();
    }

    private static String group(String index) {
        return index.contains(" ") ? "(" + index + ")" : index;
    }

    /** The field of the generated class that holds a learned statistic. */
    static String learnedName(DataExpr.Standardize x) {
        return "standardizer" + x.id();
    }

    /** The constant of the generated class that holds a column's index. */
    static String columnConstant(List<String> columns, String column) {
        int index = columns.indexOf(column);
        return index < 0 ? "NO_COLUMN" : LabelNames.constants(columns, true).get(index) + "_COLUMN";
    }

    /** The number of elements; all dims of data are constant. */
    static long elements(TensorType type) {
        return size(type.elements());
    }

    private static long size(Dim dim) {
        return dim.constant().orElseThrow(() -> new IllegalArgumentException("data has no free dims, got " + dim));
    }

    /** {@code 255f}, {@code 0.491f}. */
    static String floatLiteral(double value) {
        float rounded = (float) value;
        if (Float.isNaN(rounded)) {
            return "Float.NaN";
        }
        if (Float.isInfinite(rounded)) {
            return rounded > 0 ? "Float.POSITIVE_INFINITY" : "Float.NEGATIVE_INFINITY";
        }
        boolean whole = rounded == Math.rint(rounded) && Math.abs(rounded) < 1e7;
        return (whole && rounded != 0 ? Long.toString((long) rounded) : Float.toString(rounded)) + "f";
    }
}
