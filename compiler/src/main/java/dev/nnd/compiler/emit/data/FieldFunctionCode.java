package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import java.util.List;
import java.util.OptionalDouble;

/** Java expressions for the functions of data. */
final class FieldFunctionCode {

    private final FieldCode code;

    FieldFunctionCode(FieldCode code) {
        this.code = code;
    }

    /** True for a join along the first axis: its parts come one after another. */
    static boolean joinsParts(DataExpr.Apply x) {
        return x.function() == DataFunction.CONCAT
                && number(x, "axis").orElse(0) == 0
                && x.operands().size() > 1;
    }

    JavaValue value(DataExpr.Apply x, String index) {
        return switch (x.function()) {
            case SELECT -> select(x, index);
            case CAST -> operand(x, index).as(JavaValue.type(x.type().dtype()));
            case REMAINDER -> remainder(x, index);
            case CLIP -> clip(x, index);
            case MIN_MAX -> learned(x, index, operand(x, index).asArgument());
            case IMPUTE -> impute(x, index);
            case BUCKETIZE ->
                whole(
                        "$T.bucket($L, $L)",
                        RuntimeTypes.VALUES,
                        operand(x, index).asArgument(),
                        code.parts().numbers(code.prefix() + "_BOUNDARIES", numbers(x, "boundaries")));
            case HASH -> whole("$T.hash($L, $L)", RuntimeTypes.VALUES, textOrNumber(x, index), option(x, "buckets"));
            case CATEGORIES -> whole("$L.id($L)", code.learned(x), asText(x, index));
            case ONE_HOT -> oneHot(x, index);
            case MULTI_HOT -> multiHot(x, index);
            case WORDS, CHARACTERS, WORDPIECE, BPE, TOKENIZER -> tokens(x, index);
            case FILL -> fill(x);
            case CONCAT, RESIZE, CENTER_CROP, CROP, PAD, GRAYSCALE -> array(x, index);
            case RESHAPE -> code.value(x.operands().getFirst(), index);
            case YEAR, MONTH, DAY, WEEKDAY, HOUR, MINUTE, TIMESTAMP -> date(x);
            case WINDOW -> window(x, index);
            case LOWERCASE, UPPERCASE, STRIP -> throw FieldCode.refused(x);
        };
    }

    private static JavaValue whole(String format, Object... arguments) {
        return JavaValue.of(JavaValue.Type.INT, format, arguments);
    }

    private JavaValue operand(DataExpr.Apply x, String index) {
        return operand(x, 0, index);
    }

    private JavaValue operand(DataExpr.Apply x, int i, String index) {
        DataExpr operand = x.operands().get(i);
        return code.value(operand, FieldCode.operandIndex(operand.type(), x.type(), index));
    }

    private JavaValue select(DataExpr.Apply x, String index) {
        JavaValue.Type type = JavaValue.type(x.type().dtype());
        return JavaValue.of(
                type,
                "$T.choose($L, $L, $L)",
                RuntimeTypes.VALUES,
                operand(x, 0, index).text(),
                operand(x, 1, index).as(type).text(),
                operand(x, 2, index).as(type).text());
    }

    private JavaValue remainder(DataExpr.Apply x, String index) {
        JavaValue.Type type = JavaValue.type(x.type().dtype());
        JavaValue.Type wide = type == JavaValue.Type.INT ? JavaValue.Type.LONG : type;
        return JavaValue.of(
                        wide,
                        "$T.remainder($L, $L)",
                        RuntimeTypes.VALUES,
                        operand(x, 0, index).as(wide).text(),
                        operand(x, 1, index).as(wide).text())
                .as(type);
    }

    private JavaValue clip(DataExpr.Apply x, String index) {
        return FieldCode.primary(
                "$T.clamp($L, $L, $L)",
                Math.class,
                operand(x, index).as(JavaValue.Type.FLOAT).text(),
                FieldCode.floatLiteral(number(x, "low").orElseThrow()),
                FieldCode.floatLiteral(number(x, "high").orElseThrow()));
    }

    private JavaValue learned(DataExpr.Apply x, String index, CodeBlock value) {
        return FieldCode.primary("$L.apply($L, $L)", code.learned(x), index, value);
    }

    private JavaValue impute(DataExpr.Apply x, String index) {
        CodeBlock value = code.orMissing(x.operands().getFirst(), index).asArgument();
        if (x.learned().isPresent()) {
            return learned(x, index, value);
        }
        double put = number(x, "value").orElseGet(() -> number(x, "strategy").orElseThrow());
        return FieldCode.primary("$T.orElse($L, $L)", RuntimeTypes.VALUES, value, FieldCode.floatLiteral(put));
    }

    private CodeBlock textOrNumber(DataExpr.Apply x, String index) {
        DataExpr operand = x.operands().getFirst();
        return FieldText.isText(operand)
                ? code.text(operand)
                : operand(x, index).asArgument();
    }

    /** The text, or the number as text. */
    CodeBlock asText(DataExpr.Apply x, String index) {
        CodeBlock value = textOrNumber(x, index);
        return FieldText.isText(x.operands().getFirst())
                ? value
                : CodeBlock.of("$T.text($L)", RuntimeTypes.VALUES, value);
    }

    private JavaValue tokens(DataExpr.Apply x, String index) {
        boolean sides = x.function() == DataFunction.WORDS || x.function() == DataFunction.CHARACTERS;
        CodeBlock ids = CodeBlock.of(
                "$L.ids($L, $L$L)",
                code.learned(x),
                code.text(x.operands().getFirst()),
                FieldCode.elements(x.type()),
                sides ? ", " + isStart(x, "pad") + ", " + isStart(x, "cut") : "");
        return whole("$L[$L]", code.local("ids", "int[]", ids), index);
    }

    /** Texts are padded and cut at their start: what reads a sequence to its end then ends with words. */
    private static boolean isStart(DataExpr.Apply x, String option) {
        return !(x.options().get(option) instanceof Constant.Text(String side)) || side.equals("start");
    }

    private JavaValue window(DataExpr.Apply x, String index) {
        long shift = (long) number(x, "shift").orElse(0);
        int tokenizer = code.tokenizer(x.operands().getFirst());
        return whole("row.token($L, $L)", tokenizer, shift == 0 ? index : index + " + " + shift);
    }

    /** The place of 1, found once; for each of several values, with the class as the last axis. */
    private JavaValue oneHot(DataExpr.Apply x, String index) {
        DataExpr operand = x.operands().getFirst();
        long depth = x.type().dim(-1).constant().orElseThrow();
        boolean one = FieldText.isText(operand) || FieldCode.elements(operand.type()) == 1;
        String at = one ? "0" : FieldCode.group(index) + " / " + depth;
        String place = one ? index : FieldCode.group(index) + " % " + depth;
        CodeBlock found = place(x, operand, at, depth);
        CodeBlock hot = one ? CodeBlock.of("$L", code.local("hot", "int", found)) : found;
        return new JavaValue(CodeBlock.of("$L == $L", hot, place), JavaValue.COMPARISON, JavaValue.Type.BOOLEAN)
                .as(JavaValue.Type.FLOAT);
    }

    private CodeBlock place(DataExpr.Apply x, DataExpr operand, String at, long depth) {
        if (!FieldText.isText(operand)) {
            CodeBlock value = code.value(operand, at).asArgument();
            return x.options().containsKey("values")
                    ? CodeBlock.of(
                            "row.place($S, $L, $L)",
                            code.fieldName(),
                            value,
                            code.parts().numbers(code.prefix() + "_VALUES", numbers(x, "values")))
                    : CodeBlock.of("row.place($S, $L, $L)", code.fieldName(), value, depth);
        }
        String names = code.parts().texts(code.prefix() + "_VALUES", texts(x));
        return operand instanceof DataExpr.TextColumn column
                ? CodeBlock.of(
                        "row.choice($L, $L)",
                        FieldCode.columnConstant(code.shape().columns(), column.name()),
                        names)
                : CodeBlock.of("row.place($S, $L, $L)", code.fieldName(), code.text(operand), names);
    }

    private JavaValue multiHot(DataExpr.Apply x, String index) {
        CodeBlock places = CodeBlock.of(
                "row.places($S, $L, $L)",
                code.fieldName(),
                code.text(x.operands().getFirst()),
                code.parts().texts(code.prefix() + "_VALUES", texts(x)));
        String all = code.local("hot", "boolean[]", places);
        return JavaValue.of(JavaValue.Type.BOOLEAN, "$L[$L]", all, index).as(JavaValue.Type.FLOAT);
    }

    private static JavaValue fill(DataExpr.Apply x) {
        double value = number(x, "value").orElse(0);
        return switch (JavaValue.type(x.type().dtype())) {
            case BOOLEAN -> JavaValue.of(JavaValue.Type.BOOLEAN, "$L", value != 0);
            case INT -> whole("$L", (long) value);
            case LONG -> JavaValue.of(JavaValue.Type.LONG, "$LL", (long) value);
            case FLOAT -> FieldCode.primary("$L", FieldCode.floatLiteral(value));
            case DOUBLE -> JavaValue.of(JavaValue.Type.DOUBLE, "$L", value);
        };
    }

    /** What moves elements is made as a whole, then read by element. */
    private JavaValue array(DataExpr.Apply x, String index) {
        if (joinsParts(x)) {
            return FieldCode.primary("$L[$L]", code.array(x), index);
        }
        if (x.function() == DataFunction.CONCAT && x.operands().size() == 1) {
            return code.value(x.operands().getFirst(), index);
        }
        return FieldCode.primary("$L[$L]", code.local("picture", "float[]", picture(x)), index);
    }

    private CodeBlock picture(DataExpr.Apply x) {
        if (x.function() == DataFunction.CONCAT) {
            return joined(x);
        }
        DataExpr from = x.operands().getFirst();
        String sides = FieldCode.java(from.type().dim(1)) + ", "
                + FieldCode.java(from.type().dim(2));
        requireInside(x, from, sides);
        String pixels = code.array(from);
        String height = x.type().dim(1).toString();
        String width = x.type().dim(2).toString();
        return switch (x.function()) {
            case RESIZE ->
                CodeBlock.of("$T.resize($L, $L, $L, $L)", RuntimeTypes.PICTURES, pixels, sides, height, width);
            case CENTER_CROP ->
                CodeBlock.of("$T.centerCrop($L, $L, $L, $L)", RuntimeTypes.PICTURES, pixels, sides, height, width);
            case CROP ->
                CodeBlock.of(
                        "$T.crop($L, $L, $L, $L, $L, $L)",
                        RuntimeTypes.PICTURES,
                        pixels,
                        sides,
                        option(x, "top"),
                        option(x, "left"),
                        height,
                        width);
            case PAD -> CodeBlock.of("$T.pad($L, $L, $L)", RuntimeTypes.PICTURES, pixels, sides, option(x, "size"));
            case GRAYSCALE -> CodeBlock.of("$T.grayscale($L)", RuntimeTypes.PICTURES, pixels);
            default -> throw new IllegalArgumentException(x.function() + " makes no picture");
        };
    }

    /** Whether a part lies in an image is not known before its file is read. */
    private void requireInside(DataExpr.Apply x, DataExpr from, String sides) {
        boolean part = x.function() == DataFunction.CROP || x.function() == DataFunction.CENTER_CROP;
        if (part && from.type().dims().stream().anyMatch(FieldCode::isOpen)) {
            boolean centre = x.function() == DataFunction.CENTER_CROP;
            code.beforeElements(CodeBlock.of(
                    "row.requireInside($S, $L, $L, $L)",
                    code.fieldName(),
                    sides,
                    x.type().dim(1).constant().orElseThrow()
                            + (centre ? 0 : (long) number(x, "top").orElseThrow()),
                    x.type().dim(2).constant().orElseThrow()
                            + (centre ? 0 : (long) number(x, "left").orElseThrow())));
        }
    }

    /** Along a later axis: blocks of each part in turn. */
    private CodeBlock joined(DataExpr.Apply x) {
        int axis = (int) number(x, "axis").orElse(0);
        var arguments = CodeBlock.builder();
        var sizes = new StringBuilder();
        for (DataExpr part : x.operands()) {
            long block = 1;
            for (int i = axis; i < part.type().rank(); i++) {
                block *= part.type().dim(i).constant().orElseThrow();
            }
            sizes.append(sizes.isEmpty() ? "" : ", ").append(block);
            arguments.add(", $L", code.array(part));
        }
        return CodeBlock.of("$T.join(new int[] {$L}$L)", RuntimeTypes.VALUES, sizes.toString(), arguments.build());
    }

    private JavaValue date(DataExpr.Apply x) {
        String format = x.options().get("format") instanceof Constant.Text(String text) ? text : "";
        String reader = code.parts().date(code.prefix() + "_DATE", format);
        CodeBlock part = CodeBlock.of(
                "$L.$L(row, $S, $L)",
                reader,
                x.function().text(),
                code.fieldName(),
                code.text(x.operands().getFirst()));
        return FieldCode.primary("$L", part);
    }

    private static String option(DataExpr.Apply x, String name) {
        return Long.toString((long) number(x, name).orElseThrow());
    }

    static OptionalDouble number(DataExpr.Apply x, String option) {
        return number(x.options().get(option));
    }

    private static OptionalDouble number(@org.jspecify.annotations.Nullable Constant constant) {
        return switch (constant) {
            case Constant.Int(var dim)
            when dim.constant().isPresent() -> OptionalDouble.of(dim.constant().getAsLong());
            case Constant.Float(double value) -> OptionalDouble.of(value);
            case null, default -> OptionalDouble.empty();
        };
    }

    private static List<Double> numbers(DataExpr.Apply x, String option) {
        return x.options().get(option) instanceof Constant.ListOf(var items)
                ? items.stream().map(i -> number(i).orElseThrow()).toList()
                : List.of();
    }

    private static List<String> texts(DataExpr.Apply x) {
        return x.options().get("values") instanceof Constant.ListOf(var items)
                ? items.stream().map(i -> ((Constant.Text) i).value()).toList()
                : List.of();
    }
}
