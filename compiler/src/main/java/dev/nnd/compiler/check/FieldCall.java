package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A function of data applied: its operands, its options, and the type of the field that it is part of.
 *
 * @param written the call as written
 * @param wanted the field's type; empty where the value has another shape than the field
 */
record FieldCall(
        FieldContext context,
        String name,
        List<Cell> operands,
        Arguments.Matched options,
        Span written,
        Optional<TensorType> wanted) {

    Checking c() {
        return context.c();
    }

    Cell fail(Diagnostic error) {
        context.c().report(error);
        return Cell.POISON;
    }

    Cell operand() {
        return operands.getFirst();
    }

    boolean has(String option) {
        return options.get(option).isPresent();
    }

    Span span(String option) {
        return options.get(option).map(Arguments.Given::span).orElse(written);
    }

    private <T> Optional<T> wrong(String option, String kind) {
        Val value = options.get(option).orElseThrow().value();
        if (!(value instanceof Val.Poison)) {
            fail(Diagnostic.error(
                    "NND0205",
                    span(option),
                    "`" + option + "` of `" + name + "` takes " + kind + ", got " + Val.describe(value)));
        }
        return Optional.empty();
    }

    /** A whole number in a range. */
    Optional<Long> integer(String option, long least, long most) {
        if (!(options.get(option).orElseThrow().value() instanceof Val.Const(Constant.Int(Dim dim)))
                || dim.constant().isEmpty()) {
            return wrong(option, "a whole number");
        }
        long value = dim.constant().getAsLong();
        if (value < least || value > most) {
            fail(Diagnostic.error(
                    "NND0434",
                    span(option),
                    "`" + option + "` of `" + name + "` is from " + least + " to " + most + ", got " + value));
            return Optional.empty();
        }
        return Optional.of(value);
    }

    Optional<Double> number(String option) {
        return options.get(option).orElseThrow().value() instanceof Val.Const(Constant k)
                        && ConstantFolding.number(k).isPresent()
                ? Optional.of(ConstantFolding.number(k).getAsDouble())
                : wrong(option, "a number");
    }

    Optional<String> text(String option) {
        return options.get(option).orElseThrow().value() instanceof Val.Const(Constant.Text(String text))
                ? Optional.of(text)
                : wrong(option, "a string");
    }

    /** The operand as numbers; text is reported. */
    Optional<Cell.Numbers> numbers() {
        return numbers(operand());
    }

    Optional<Cell.Numbers> numbers(Cell cell) {
        return switch (cell) {
            case Cell.Numbers n -> Optional.of(n);
            case Cell.Raw r -> Optional.of(new Cell.Numbers(r.number()));
            case Cell.Text t -> {
                fail(Diagnostic.error("NND0422", written, "`" + name + "` works on numbers, and this is text")
                        .label(t.expr().span(), "text from here")
                        .help("make numbers of text with `one_hot[...]`, `hash(n)` or `words(...)`"));
                yield Optional.empty();
            }
            case Cell.Poison p -> Optional.empty();
        };
    }

    /** The operand as text; numbers are reported. */
    Optional<DataExpr> text() {
        return switch (operand()) {
            case Cell.Text t -> Optional.of(t.expr());
            case Cell.Raw r -> Optional.of(r.text());
            case Cell.Numbers n -> {
                fail(Diagnostic.error("NND0422", written, "`" + name + "` works on text, and this is " + n.type())
                        .label(n.expr().span(), "numbers from here")
                        .help("a column is text until a function makes numbers of it: `column(\"text\") -> " + name
                                + "...`"));
                yield Optional.empty();
            }
            case Cell.Poison p -> Optional.empty();
        };
    }

    /** The options that were given, as constants. */
    Map<String, Constant> constants() {
        var all = new LinkedHashMap<String, Constant>();
        options.values().forEach((option, given) -> {
            if (given.value() instanceof Val.Const(Constant k)) {
                all.put(option, k);
            }
        });
        return all;
    }

    DataExpr apply(DataFunction function, DataExpr operand, TensorType type) {
        return new DataExpr.Apply(function, List.of(operand), constants(), type, OptionalInt.empty(), written);
    }

    DataExpr learn(DataFunction function, DataExpr operand, TensorType type) {
        OptionalInt id = OptionalInt.of(context.learn(written));
        return new DataExpr.Apply(function, List.of(operand), constants(), type, id, written);
    }

    /** One number: a scalar, or with the dims of a field of one element. */
    TensorType one(DType dtype) {
        return one(dtype, wanted);
    }

    static TensorType one(DType dtype, Optional<TensorType> wanted) {
        return wanted.filter(w -> w.elements().is(1)).map(w -> w.as(dtype)).orElseGet(() -> TensorType.scalar(dtype));
    }
}
