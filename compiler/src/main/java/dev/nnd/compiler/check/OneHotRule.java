package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code one_hot["female", "male"]}, {@code one_hot[1, 2, 3]}, {@code one_hot(10)} of ids, {@code multi_hot["a", "b"]}. */
final class OneHotRule {

    private static final long DEEPEST = 1_000_000;

    private final FieldContext context;

    OneHotRule(FieldContext context) {
        this.context = context;
    }

    /** With the values in brackets. */
    Cell brackets(DataFunction function, Cell x, List<Expr> items, Span span) {
        Optional<List<Constant>> values = values(function, items, span);
        if (values.isEmpty() || x instanceof Cell.Poison) {
            return Cell.POISON;
        }
        boolean names = values.get().getFirst() instanceof Constant.Text;
        DataExpr operand = switch (x) {
            case Cell.Raw r -> names ? r.text() : r.number();
            case Cell.Text t -> t.expr();
            case Cell.Numbers n -> n.expr();
            case Cell.Poison p -> throw new IllegalStateException();
        };
        boolean fits = names ? !(x instanceof Cell.Numbers) : !(x instanceof Cell.Text);
        if (!fits) {
            return fail(Diagnostic.error(
                            "NND0422",
                            span,
                            "`" + function.text() + "` of "
                                    + (names ? "names works on text" : "numbers works on numbers") + ", and this is "
                                    + x.describe())
                    .label(operand.span(), "from here"));
        }
        var dims = new ArrayList<>(
                names || operand.type().elements().is(1)
                        ? List.<Dim>of()
                        : operand.type().dims());
        dims.add(Dim.of(values.get().size()));
        return new Cell.Numbers(new DataExpr.Apply(
                function,
                List.of(operand),
                Map.of("values", new Constant.ListOf(values.get())),
                new TensorType(DType.F32, dims),
                FieldContext.nothing(),
                span));
    }

    private Optional<List<Constant>> values(DataFunction function, List<Expr> items, Span span) {
        var values = new ArrayList<Constant>();
        var seen = new java.util.HashSet<Constant>();
        for (Expr item : items) {
            Val value = context.c().expressions().eval(item, context.env());
            if (value instanceof Val.Poison) {
                return Optional.empty();
            }
            boolean known =
                    value instanceof Val.Const(Constant k) && (k instanceof Constant.Text || k instanceof Constant.Int);
            if (!known || !(value instanceof Val.Const(Constant constant))) {
                fail(Diagnostic.error(
                        "NND0431",
                        item.span(),
                        "a value of `" + function.text() + "` is a string or a whole number, got "
                                + Val.describe(value)));
                return Optional.empty();
            }
            if (!seen.add(constant)) {
                fail(Diagnostic.error(
                        "NND0431", item.span(), "the value " + item.span().text() + " is there twice"));
                return Optional.empty();
            }
            if (!values.isEmpty() && values.getFirst().getClass() != constant.getClass()) {
                fail(Diagnostic.error("NND0431", item.span(), "the values are all strings or all whole numbers")
                        .label(items.getFirst().span(), "the first is " + Val.describe(values.getFirst())));
                return Optional.empty();
            }
            values.add(constant);
        }
        return values.size() < 2 ? tooFew(function, values, span) : Optional.of(values);
    }

    private Optional<List<Constant>> tooFew(DataFunction function, List<Constant> values, Span span) {
        Diagnostic error = Diagnostic.error(
                "NND0431", span, "`" + function.text() + "[...]` needs at least 2 values, got " + values.size());
        boolean depth = values.size() == 1 && values.getFirst() instanceof Constant.Int;
        fail(
                depth && function == DataFunction.ONE_HOT
                        ? error.candidate(
                                        "for ids below a number write `" + depth(values.getFirst()) + "`",
                                        span,
                                        depth(values.getFirst()))
                                .help("for ids below a number write `" + depth(values.getFirst()) + "`")
                        : error.help("list every value, such as `one_hot[\"female\", \"male\"]`"));
        return Optional.empty();
    }

    private static String depth(Constant value) {
        return "one_hot(" + Val.describe(value).replace("the int ", "") + ")";
    }

    private Cell fail(Diagnostic error) {
        context.c().report(error);
        return Cell.POISON;
    }

    /** {@code one_hot(10)} of ids. */
    static Cell depth(FieldCall call) {
        Optional<Cell.Numbers> x = call.numbers();
        Optional<Long> depth = call.integer("depth", 2, DEEPEST);
        if (x.isEmpty() || depth.isEmpty()) {
            return Cell.POISON;
        }
        boolean fewer = x.get().ids().isPresent()
                && x.get().ids().get().count().constant().orElse(0) > depth.get();
        if (fewer) {
            var ids = x.get().ids().get();
            return call.fail(Diagnostic.error(
                            "NND0431",
                            call.span("depth"),
                            "there are " + ids.count() + " different ids, and `one_hot` has " + depth.get() + " places")
                    .label(ids.span(), "ids below " + ids.count())
                    .help("write " + ids.count())
                    .fix(
                            call.span("depth"),
                            call.span("depth").text().startsWith("depth")
                                    ? "depth: " + ids.count()
                                    : ids.count().toString()));
        }
        DataExpr operand = x.get().expr();
        var dims = new ArrayList<>(
                operand.type().elements().is(1)
                        ? List.<Dim>of()
                        : operand.type().dims());
        dims.add(Dim.of(depth.get()));
        return new Cell.Numbers(call.apply(DataFunction.ONE_HOT, operand, new TensorType(DType.F32, dims)));
    }
}
