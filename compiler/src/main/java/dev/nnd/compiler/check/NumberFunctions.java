package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Functions of data over numbers. */
final class NumberFunctions {

    private static final List<String> STRATEGIES = List.of("mean", "median", "most_frequent", "constant");

    private NumberFunctions() {}

    static Cell unary(Primitive primitive, FieldCall call) {
        return call.numbers()
                .filter(x -> notBool(x, call))
                .<Cell>map(x ->
                        new Cell.Numbers(new DataExpr.Unary(primitive, x.expr(), floats(x.type()), call.written())))
                .orElse(Cell.POISON);
    }

    /** False for truth values, which is reported. */
    private static boolean notBool(Cell.Numbers x, FieldCall call) {
        if (x.type().dtype() != DType.BOOL) {
            return true;
        }
        call.fail(Diagnostic.error(
                        "NND0422", call.written(), "`" + call.name() + "` works on numbers, and this is " + x.type())
                .label(x.expr().span(), "truth values from here")
                .help("put `-> cast[f32]` before it"));
        return false;
    }

    static TensorType floats(TensorType type) {
        return type.dtype().isFloat() ? type : type.as(DType.F32);
    }

    static Cell standardize(FieldCall call) {
        return call.numbers()
                .filter(x -> notBool(x, call))
                .<Cell>map(x -> new Cell.Numbers(new DataExpr.Standardize(
                        call.context().learn(call.written()), x.expr(), floats(x.type()), call.written())))
                .orElse(Cell.POISON);
    }

    static Cell minMax(FieldCall call) {
        return call.numbers()
                .filter(x -> notBool(x, call))
                .<Cell>map(x -> new Cell.Numbers(call.learn(DataFunction.MIN_MAX, x.expr(), floats(x.type()))))
                .orElse(Cell.POISON);
    }

    static Cell clip(FieldCall call) {
        Optional<Cell.Numbers> x = call.numbers();
        Optional<Double> low = call.number("low");
        Optional<Double> high = call.number("high");
        if (x.isEmpty() || low.isEmpty() || high.isEmpty()) {
            return Cell.POISON;
        }
        if (low.get() >= high.get()) {
            String a = call.span("low").text();
            String b = call.span("high").text();
            Diagnostic error = Diagnostic.error(
                    "NND0434", call.span("high"), "`high` of `clip` is more than `low`, got " + a + " and " + b);
            boolean plain = !a.contains(":") && !b.contains(":") && !low.get().equals(high.get());
            var swapped = new Diagnostic.Fix(
                    List.of(new Diagnostic.Edit(call.span("low"), b), new Diagnostic.Edit(call.span("high"), a)));
            return call.fail(plain ? error.candidate("write `clip(" + b + ", " + a + ")`", swapped) : error);
        }
        return new Cell.Numbers(
                call.apply(DataFunction.CLIP, x.get().expr(), floats(x.get().type())));
    }

    /** {@code impute("median")}, {@code impute("constant", value: 0)}, {@code impute(0)}. */
    static Cell impute(FieldCall call) {
        if (call.operand() instanceof Cell.Poison) {
            return Cell.POISON;
        }
        Val strategy = call.options().get("strategy").orElseThrow().value();
        if (strategy instanceof Val.Const(Constant k)
                && ConstantFolding.number(k).isPresent()) {
            return call.numbers()
                    .<Cell>map(x -> new Cell.Numbers(call.apply(DataFunction.IMPUTE, x.expr(), floats(x.type()))))
                    .orElse(Cell.POISON);
        }
        Optional<String> word = call.text("strategy");
        if (word.isEmpty()) {
            return Cell.POISON;
        }
        if (!STRATEGIES.contains(word.get())) {
            return unknownStrategy(word.get(), call);
        }
        if (word.get().equals("constant") != call.has("value")) {
            Diagnostic error = Diagnostic.error(
                    "NND0434",
                    call.written(),
                    call.has("value")
                            ? "`value` of `impute` is for the strategy \"constant\""
                            : "`impute(\"constant\")` needs the value to put in, such as `value: 0`");
            return call.fail(
                    call.has("value")
                            ? error.candidate("write \"constant\"", call.span("strategy"), "\"constant\"")
                            : error.candidate("write `impute(0)`", call.written(), "impute(0)"));
        }
        return switch (word.get()) {
            case "most_frequent" -> mostFrequent(call);
            case "constant" -> constant(call);
            default ->
                call.numbers()
                        .<Cell>map(x -> new Cell.Numbers(call.learn(DataFunction.IMPUTE, x.expr(), floats(x.type()))))
                        .orElse(Cell.POISON);
        };
    }

    private static Cell unknownStrategy(String word, FieldCall call) {
        Diagnostic error =
                Diagnostic.error("NND0434", call.span("strategy"), "`impute` has no strategy \"" + word + "\"");
        Optional<String> near = word.equals("mode") ? Optional.of("most_frequent") : Nearest.to(word, STRATEGIES);
        return call.fail(
                near.isPresent()
                        ? error.help("did you mean \"" + near.get() + "\"?")
                                .fix(call.span("strategy"), "\"" + near.get() + "\"")
                        : error.help("the strategies are \"" + String.join("\", \"", STRATEGIES)
                                + "\"; `impute(0)` puts a number in"));
    }

    /** The value that is there most often, of numbers or of text. */
    private static Cell mostFrequent(FieldCall call) {
        return switch (call.operand()) {
            case Cell.Raw r ->
                new Cell.Raw(
                        call.learn(DataFunction.IMPUTE, r.number(), r.number().type()),
                        call.learn(DataFunction.IMPUTE, r.text(), DataExpr.TEXT));
            case Cell.Text t -> new Cell.Text(call.learn(DataFunction.IMPUTE, t.expr(), DataExpr.TEXT));
            case Cell.Numbers n -> new Cell.Numbers(call.learn(DataFunction.IMPUTE, n.expr(), n.type()), n.ids());
            case Cell.Poison p -> p;
        };
    }

    private static Cell constant(FieldCall call) {
        boolean text = call.options().get("value").orElseThrow().value() instanceof Val.Const(Constant.Text t);
        if (text) {
            return call.text()
                    .<Cell>map(x -> new Cell.Text(call.apply(DataFunction.IMPUTE, x, DataExpr.TEXT)))
                    .orElse(Cell.POISON);
        }
        Optional<Cell.Numbers> x = call.numbers();
        return x.isPresent() && call.number("value").isPresent()
                ? new Cell.Numbers(call.apply(
                        DataFunction.IMPUTE, x.get().expr(), floats(x.get().type())))
                : Cell.POISON;
    }

    /** {@code bucketize([18, 30, 65])}: how many boundaries are at most the value. */
    static Cell bucketize(FieldCall call) {
        Optional<Cell.Numbers> x = call.numbers();
        var bounds = new ArrayList<Double>();
        if (call.options().get("boundaries").orElseThrow().value() instanceof Val.Const(Constant.ListOf(var items))) {
            items.forEach(i -> ConstantFolding.number(i).ifPresent(bounds::add));
            if (bounds.size() < items.size()) {
                bounds.clear();
            }
        }
        boolean rising = !bounds.isEmpty();
        for (int i = 1; i < bounds.size(); i++) {
            rising &= bounds.get(i - 1) < bounds.get(i);
        }
        if (!rising) {
            Diagnostic error = Diagnostic.error(
                            "NND0434",
                            call.span("boundaries"),
                            "`bucketize` takes numbers in a list, each more than the one before it")
                    .help("such as `bucketize([18, 30, 65])`, which gives 0, 1, 2 or 3");
            String sorted = bounds.stream()
                    .distinct()
                    .sorted()
                    .map(b -> b == Math.rint(b) && Math.abs(b) < 1e15 ? Long.toString((long) (double) b) : b.toString())
                    .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
            return call.fail(
                    bounds.isEmpty()
                            ? error
                            : error.candidate("write `" + sorted + "`", call.span("boundaries"), sorted));
        }
        var ids = new TypedData.Ids(Dim.of(bounds.size() + 1L), call.written());
        return x.<Cell>map(n -> new Cell.Numbers(
                        call.apply(DataFunction.BUCKETIZE, n.expr(), n.type().as(DType.I32)), Optional.of(ids)))
                .orElse(Cell.POISON);
    }

    /** {@code minimum(a, b)} and {@code maximum(a, b)}. */
    static Cell two(Primitive primitive, FieldCall call) {
        return new FieldArithmetic(call.context())
                .binary(primitive, call.operands().get(0), call.operands().get(1), call.written());
    }

    /** {@code select(condition, a, b)}. */
    static Cell select(FieldCall call) {
        Optional<Cell.Numbers> condition = call.numbers();
        Cell both = new FieldArithmetic(call.context())
                .binary(
                        Primitive.MAXIMUM,
                        call.operands().get(1),
                        call.operands().get(2),
                        call.written());
        if (condition.isEmpty() || !(both instanceof Cell.Numbers made)) {
            return Cell.POISON;
        }
        TensorType type = condition.get().type();
        if (type.dtype() != DType.BOOL
                || !(type.rank() == 0 || type.dims().equals(made.type().dims()))) {
            return call.fail(Diagnostic.error(
                            "NND0422",
                            call.written(),
                            "the condition of `select` is bool"
                                    + (made.type().rank() > 0 ? made.type().dims() : "") + ", got " + type)
                    .label(condition.get().expr().span(), "this is " + type)
                    .help("compare something, such as `column(\"age\") > 18`"));
        }
        var operands = List.of(
                condition.get().expr(),
                made.expr().operands().get(0),
                made.expr().operands().get(1));
        return new Cell.Numbers(new DataExpr.Apply(
                DataFunction.SELECT, operands, call.constants(), made.type(), FieldContext.nothing(), call.written()));
    }
}
