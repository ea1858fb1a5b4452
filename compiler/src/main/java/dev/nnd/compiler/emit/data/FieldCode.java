package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns data expressions into Java expressions for one element. What an example needs once and not for each element, such
 * as its tokens, is computed in statements before them.
 */
final class FieldCode {

    private final DataShape shape;
    private final ClassParts parts;
    private String prefix;
    private String fieldName;
    private final CodeBlock.Builder before = CodeBlock.builder();
    private final Map<String, String> made = new HashMap<>();
    private final JavaNames names = new JavaNames(List.of("row", "out", "at", "i", "example"));
    private final FieldText text = new FieldText(this);
    private final FieldFunctionCode functions = new FieldFunctionCode(this);
    private CodeBlock stream = CodeBlock.of("row.stream()");
    private boolean learns;
    private int missing;

    /**
     * The code of one method.
     *
     * @param field that it is for: its name is in messages and in the names of constants
     */
    FieldCode(DataShape shape, ClassParts parts, TypedData.Field field) {
        this.shape = shape;
        this.parts = parts;
        this.prefix = "";
        this.fieldName = "";
        enter(field);
    }

    private void enter(TypedData.Field field) {
        prefix = FieldEncoders.indexName(field);
        fieldName = field.name();
    }

    DataShape shape() {
        return shape;
    }

    ClassParts parts() {
        return parts;
    }

    /** The text of a source is in that variable, not in the row. */
    void readsStreamAs(String variable) {
        stream = CodeBlock.of("$L", variable);
    }

    CodeBlock stream() {
        return stream;
    }

    /** The field's name in upper snake case. */
    String prefix() {
        return prefix;
    }

    String fieldName() {
        return fieldName;
    }

    /** The statements that come before the elements. */
    CodeBlock before() {
        return before.build();
    }

    /** True if the code met so far reads what the section learned, so that its method cannot be static. */
    boolean learns() {
        return learns;
    }

    /** The Java field of what is learned for an expression. */
    String learned(DataExpr expression) {
        learns = true;
        return shape.learned(expression).name();
    }

    /** The number of a tokenizer of windows; the method makes the tokens of a text that a caller gave. */
    int tokenizer(DataExpr tokens) {
        learns = true;
        int number = shape.windowed().indexOf(shape.learned(tokens));
        made.computeIfAbsent("tokenize " + number, key -> {
            before.addStatement("row.tokenize($L, this)", number);
            return key;
        });
        return number;
    }

    /** A Java expression of type String. */
    CodeBlock text(DataExpr expression) {
        return text.of(expression);
    }

    /** Element {@code index} of the expression as a number, elements being in row-major order; missing columns are NaN. */
    JavaValue orMissing(DataExpr expression, String index) {
        missing++;
        JavaValue value = value(expression, index);
        missing--;
        return value;
    }

    /** A statement that comes before the elements. */
    void beforeElements(CodeBlock statement) {
        before.addStatement(statement);
    }

    /** A local variable that is made once before the elements; the same one for the same initializer. */
    String local(String wanted, String type, CodeBlock initializer) {
        return made.computeIfAbsent(initializer.toString(), key -> {
            String name = names.unique(wanted);
            before.addStatement("$L $L = $L", type, name, initializer);
            return name;
        });
    }

    /** A local array of all elements of an expression. */
    String array(DataExpr expression) {
        String key = missing + " " + System.identityHashCode(expression);
        String known = made.get(key);
        if (known != null) {
            return known;
        }
        String name = names.unique("values");
        made.put(key, name);
        if (expression.type().dims().stream().anyMatch(FieldCode::isOpen)) {
            CodeBlock value = value(expression, "i").as(JavaValue.Type.FLOAT).text();
            before.addStatement("float[] $L = new float[$L]", name, count(expression.type()))
                    .beginControlFlow("for (int i = 0; i < $L.length; i++)", name)
                    .addStatement("$L[i] = $L", name, value)
                    .endControlFlow();
            return name;
        }
        long elements = elements(expression.type());
        var fill = CodeBlock.builder();
        fill(fill, expression, name, "0");
        before.addStatement("float[] $L = new float[$L]", name, elements).add(fill.build());
        return name;
    }

    private void fill(CodeBlock.Builder into, DataExpr expression, String array, String from) {
        if (expression instanceof DataExpr.Apply a && FieldFunctionCode.joinsParts(a)) {
            long at = Long.parseLong(from);
            for (DataExpr part : a.operands()) {
                fill(into, part, array, Long.toString(at));
                at += elements(part.type());
            }
            return;
        }
        long elements = elements(expression.type());
        String index = elements == 1 ? "0" : "i";
        CodeBlock value = value(expression, index).as(JavaValue.Type.FLOAT).text();
        String place = elements == 1 ? from : from.equals("0") ? "i" : from + " + i";
        FieldEncoders.beginElements(into, elements);
        into.addStatement("$L[$L] = $L", array, place, value);
        FieldEncoders.endElements(into, elements);
    }

    /** Element {@code index} of the expression, elements being in row-major order. */
    JavaValue value(DataExpr expression, String index) {
        return switch (expression) {
            case DataExpr.Images x -> primary("row.pixel($L)", index);
            case DataExpr.Labels x -> JavaValue.of(JavaValue.Type.INT, "row.label()");
            case DataExpr.Column x -> column(x, index);
            case DataExpr.Number x -> number(floatLiteral(x.value()));
            case DataExpr.Unary x -> unary(x, index);
            case DataExpr.Binary x -> binary(x, index);
            case DataExpr.Normalize x -> normalize(x, index);
            case DataExpr.Standardize x ->
                primary(
                        "$L.apply($L, $L)",
                        learned(x),
                        index,
                        value(x.operand(), index).asArgument());
            case DataExpr.TextColumn x -> throw refused(x);
            case DataExpr.Stream x -> throw refused(x);
            case DataExpr.FieldValue x -> field(x, index);
            case DataExpr.Apply x -> functions.value(x, index);
        };
    }

    private JavaValue column(DataExpr.Column x, String index) {
        String column = columnConstant(shape.columns(), x.name());
        // An array of one is read as a number.
        String place = elements(x.type()) == 1 ? column : column + ", " + index;
        if (elements(x.type()) > 1) {
            requireDims(x, column);
        }
        if (missing > 0) {
            return primary("row.optional($L)", place);
        }
        JavaValue.Type type = JavaValue.type(x.type().dtype());
        return switch (type) {
            case BOOLEAN -> JavaValue.of(type, "row.truth($L)", place);
            case INT -> JavaValue.of(type, "$T.toIntExact(row.whole($L))", Math.class, place);
            case LONG -> JavaValue.of(type, "row.whole($L)", place);
            case FLOAT -> JavaValue.of(type, "row.value($L)", place);
            case DOUBLE -> JavaValue.of(type, "row.real($L)", place);
        };
    }

    private void requireDims(DataExpr.Column x, String column) {
        String dims =
                String.join(", ", x.type().dims().stream().map(Dim::toString).toList());
        made.computeIfAbsent("dims of " + column, key -> {
            before.addStatement("row.requireDims($S, $L, $L)", fieldName, column, dims);
            return key;
        });
    }

    /** Another field is computed anew, as its own dtype. */
    private JavaValue field(DataExpr.FieldValue x, String index) {
        TypedData.Field other = shape.field(x);
        if (other.label().isPresent()) {
            return JavaValue.of(JavaValue.Type.INT, "$L", FieldEncoders.labelIndex(shape, other));
        }
        String outerPrefix = prefix;
        String outerName = fieldName;
        enter(other);
        JavaValue value = value(other.value(), operandIndex(other.value().type(), x.type(), index));
        prefix = outerPrefix;
        fieldName = outerName;
        return value.as(JavaValue.type(x.type().dtype()));
    }

    /** What has no code yet is refused before any is made. */
    static IllegalArgumentException refused(DataExpr expression) {
        return new IllegalArgumentException("no code for " + expression);
    }

    static JavaValue primary(String format, Object... arguments) {
        return JavaValue.of(JavaValue.Type.FLOAT, format, arguments);
    }

    /** A negative number needs parentheses after a minus sign. */
    private static JavaValue number(String literal) {
        return new JavaValue(
                CodeBlock.of("$L", literal),
                literal.startsWith("-") ? JavaValue.MULTIPLICATIVE : JavaValue.PRIMARY,
                JavaValue.Type.FLOAT);
    }

    private JavaValue unary(DataExpr.Unary x, String index) {
        JavaValue operand = value(x.operand(), index);
        if (x.function() == Primitive.NOT) {
            return JavaValue.of(JavaValue.Type.BOOLEAN, "!$L", operand.atLeast(JavaValue.PRIMARY));
        }
        if (x.function() == Primitive.NEGATE) {
            CodeBlock negated = CodeBlock.of("-$L", operand.atLeast(JavaValue.PRIMARY));
            return new JavaValue(negated, JavaValue.MULTIPLICATIVE, operand.type());
        }
        CodeBlock text = operand.asArgument();
        return switch (x.function()) {
            case ABS -> primary("$T.abs($L)", Math.class, floating(operand));
            case SIGN -> primary("$T.signum($L)", Math.class, floating(operand));
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
            case RECIPROCAL -> quotient("1f / $L", floatAtLeast(operand, JavaValue.PRIMARY));
            case RSQRT -> quotient("1f / (float) $T.sqrt($L)", Math.class, text);
            case SQUARE, SIGMOID, SOFTPLUS, ERF -> {
                parts.function(x.function());
                yield primary("$L($L)", x.function().text(), text);
            }
            default -> throw new IllegalArgumentException(x.function() + " is not a function of one number");
        };
    }

    private static JavaValue quotient(String format, Object... arguments) {
        return new JavaValue(CodeBlock.of(format, arguments), JavaValue.MULTIPLICATIVE, JavaValue.Type.FLOAT);
    }

    private static CodeBlock floating(JavaValue value) {
        return value.as(JavaValue.Type.FLOAT).text();
    }

    private static CodeBlock floatAtLeast(JavaValue value, int binding) {
        return value.as(JavaValue.Type.FLOAT).atLeast(binding);
    }

    private JavaValue binary(DataExpr.Binary x, String index) {
        if (FieldText.isText(x.left())) {
            CodeBlock equal = CodeBlock.of("$L.equals($L)", text(x.left()), text(x.right()));
            return JavaValue.of(JavaValue.Type.BOOLEAN, x.function() == Primitive.EQUAL ? "$L" : "!$L", equal);
        }
        JavaValue left = value(x.left(), operandIndex(x.left().type(), x.type(), index));
        JavaValue right = value(x.right(), operandIndex(x.right().type(), x.type(), index));
        JavaValue.Type type = JavaValue.type(x.type().dtype());
        if (type == JavaValue.Type.FLOAT
                && left.type() != JavaValue.Type.FLOAT
                && right.type() != JavaValue.Type.FLOAT) {
            left = left.as(JavaValue.Type.FLOAT);
        }
        JavaValue.Type made = type == JavaValue.Type.BOOLEAN ? type : wider(left.type(), right.type());
        JavaValue result = switch (x.function()) {
            case ADD -> infix(left, "+", right, JavaValue.ADDITIVE, made);
            case SUBTRACT -> infix(left, "-", right, JavaValue.ADDITIVE, made);
            case MULTIPLY -> infix(left, "*", right, JavaValue.MULTIPLICATIVE, made);
            case DIVIDE -> infix(left, "/", right, JavaValue.MULTIPLICATIVE, made);
            case POWER -> primary("(float) $T.pow($L, $L)", Math.class, left.text(), right.text());
            case MINIMUM -> JavaValue.of(made, "$T.min($L, $L)", Math.class, left.text(), right.text());
            case MAXIMUM -> JavaValue.of(made, "$T.max($L, $L)", Math.class, left.text(), right.text());
            case EQUAL -> compare(left, "==", right);
            case NOT_EQUAL -> compare(left, "!=", right);
            case LESS -> compare(left, "<", right);
            case LESS_EQUAL -> compare(left, "<=", right);
            case GREATER -> compare(left, ">", right);
            case GREATER_EQUAL -> compare(left, ">=", right);
            // Not && and ||: a row is read alike for every value.
            case AND -> compare(left, "&", right);
            case OR -> compare(left, "|", right);
            default -> throw new IllegalArgumentException(x.function() + " is not a function of two numbers");
        };
        return result.as(type);
    }

    private static JavaValue.Type wider(JavaValue.Type a, JavaValue.Type b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static JavaValue compare(JavaValue left, String operator, JavaValue right) {
        CodeBlock text =
                CodeBlock.of("$L $L $L", left.atLeast(JavaValue.ADDITIVE), operator, right.atLeast(JavaValue.ADDITIVE));
        return new JavaValue(text, JavaValue.COMPARISON, JavaValue.Type.BOOLEAN);
    }

    /** The right operand binds tighter, so that a - (b - c) keeps its parentheses. */
    private static JavaValue infix(JavaValue left, String operator, JavaValue right, int binding, JavaValue.Type type) {
        CodeBlock text = CodeBlock.of("$L $L $L", left.atLeast(binding), operator, right.atLeast(binding + 1));
        return new JavaValue(text, binding, type);
    }

    private JavaValue normalize(DataExpr.Normalize x, String index) {
        CodeBlock operand = value(x.operand(), index).atLeast(JavaValue.ADDITIVE);
        String channel = channelIndex(x.type(), index);
        CodeBlock mean = perChannel(prefix + "_MEAN", x.mean(), channel);
        CodeBlock std = perChannel(prefix + "_STD", x.std(), channel);
        return quotient("($L - $L) / $L", operand, mean, std);
    }

    private static String channelIndex(TensorType type, String index) {
        if (type.dims().stream().anyMatch(FieldCode::isOpen)) {
            return group(index) + " / (" + count(type.withDims(type.dims().subList(1, type.rank()))) + ")";
        }
        long plane = elements(type) / Math.max(1, type.rank() == 0 ? 1 : size(type.dim(0)));
        return plane <= 1 || index.equals("0") ? index : group(index) + " / " + plane;
    }

    private CodeBlock perChannel(String wanted, List<Double> values, String channel) {
        if (values.size() == 1) {
            return CodeBlock.of("$L", floatLiteral(values.getFirst()));
        }
        return CodeBlock.of("$L[$L]", parts.numbers(wanted, values), channel);
    }

    /** Where element {@code index} of the result is in an operand that is broadcast to it. */
    static String operandIndex(TensorType operand, TensorType result, String index) {
        if (operand.dims().equals(result.dims())) {
            return index;
        }
        long operandElements = elements(operand);
        if (operandElements == 1) {
            return "0";
        }
        if (operandElements == elements(result)) {
            return index;
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

    static String group(String index) {
        return index.contains(" ") ? "(" + index + ")" : index;
    }

    /** The constant of the generated class that holds a column's index. */
    static String columnConstant(List<String> columns, String column) {
        int index = columns.indexOf(column);
        return index < 0 ? "NO_COLUMN" : LabelNames.constants(columns, true).get(index) + "_COLUMN";
    }

    /** True for a dim that each image has for itself. */
    static boolean isOpen(Dim dim) {
        return dim.constant().isEmpty();
    }

    /** A dim as Java: the sides of images are the row's. */
    static String java(Dim dim) {
        return dim.toString().replaceAll("\\bheight\\b", "row.height()").replaceAll("\\bwidth\\b", "row.width()");
    }

    /** How many elements, as Java. */
    private static String count(TensorType type) {
        return String.join(" * ", type.dims().stream().map(d -> group(java(d))).toList());
    }

    /** The number of elements; all other dims of data are constant. */
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
