package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code using adam(lr: 1e-3)}: the optimizer and its numbers, with PyTorch's defaults. */
final class OptimizerRules {

    /**
     * A number of an optimizer.
     *
     * @param name as written
     * @param standard the default; empty if it has to be given
     * @param least the lower end
     * @param most the upper end, not included
     */
    private record Slot(String name, Optional<Double> standard, double least, double most) {}

    private static final double NO_END = Double.POSITIVE_INFINITY;
    private static final Slot LR = new Slot("lr", Optional.empty(), 0, NO_END);
    private static final Slot DECAY = new Slot("weight_decay", Optional.of(0.0), 0, NO_END);
    private static final Map<String, List<Slot>> ALL = Map.of(
            "sgd",
            List.of(
                    LR,
                    new Slot("momentum", Optional.of(0.0), 0, 1),
                    new Slot("nesterov", Optional.of(0.0), 0, 2),
                    DECAY),
            "adam",
            List.of(
                    LR,
                    new Slot("beta1", Optional.of(0.9), 0, 1),
                    new Slot("beta2", Optional.of(0.999), 0, 1),
                    new Slot("eps", Optional.of(1e-8), 0, NO_END),
                    DECAY));

    private final Checking c;
    private final Env env;

    OptimizerRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    Optional<OptimizerSpec> optimizer(Expr written) {
        if (!(written instanceof Expr.Call call) || !(call.callee() instanceof Expr.Name name)) {
            c.report(Diagnostic.error("NND0509", written.span(), "an optimizer is written with its numbers")
                    .help("such as `adam(lr: 1e-3)` or `sgd(lr: 0.01, momentum: 0.9)`"));
            return Optional.empty();
        }
        List<Slot> slots = ALL.get(name.name());
        if (slots == null) {
            unknown(name);
            return Optional.empty();
        }
        var kind = OptimizerSpec.Kind.valueOf(name.name().toUpperCase(java.util.Locale.ROOT));
        return arguments(name.name(), slots, call).map(a -> new OptimizerSpec(kind, a));
    }

    private void unknown(Expr.Name name) {
        if (Unsupported.isKnown(name.name())) {
            c.report(Unsupported.error(name.name(), name.span()));
            return;
        }
        Diagnostic error = Diagnostic.error("NND0509", name.span(), "there is no optimizer `" + name.name() + "`");
        Optional<String> near = Nearest.to(name.name(), ALL.keySet());
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, name.span(), near)
                        : error.help("the optimizers are adam and sgd"));
    }

    private Optional<Map<String, ScalarExpr>> arguments(String optimizer, List<Slot> slots, Expr.Call call) {
        Optional<Expr.Argument> clip = call.arguments().stream()
                .filter(a -> a.name().isPresent() && a.name().get().name().equals("clip_norm"))
                .findFirst();
        if (clip.isPresent()) {
            c.unsupported("`clip_norm`", clip.get().span());
            return Optional.empty();
        }
        var names = slots.stream()
                .map(s -> new Arguments.Slot(s.name(), s.standard().isEmpty()))
                .toList();
        var at = new At(call.span(), env);
        int before = c.problems().errors();
        var matched = c.arguments().match("`" + optimizer + "`", names, List.of(), call.arguments(), at);
        if (!matched.ok()) {
            return Optional.empty();
        }
        var values = new LinkedHashMap<String, ScalarExpr>();
        for (Slot slot : slots) {
            Optional<Arguments.Given> given = matched.get(slot.name());
            Optional<ScalarExpr> value = given.isPresent()
                    ? scalar(given.get(), slot)
                    : slot.standard().map(ScalarExpr.Number::new);
            value.ifPresent(v -> values.put(slot.name(), v));
        }
        checkNesterov(values, call.span());
        return c.problems().errors() > before || values.size() < slots.size() ? Optional.empty() : Optional.of(values);
    }

    private void checkNesterov(Map<String, ScalarExpr> values, Span span) {
        boolean nesterov = values.get("nesterov") instanceof ScalarExpr.Number(double on) && on != 0;
        boolean still = values.get("momentum") instanceof ScalarExpr.Number(double m) && m == 0;
        if (nesterov && still) {
            c.report(Diagnostic.error("NND0520", span, "`nesterov` needs a `momentum` above 0")
                    .help("add `momentum: 0.9`"));
        }
    }

    private Optional<ScalarExpr> scalar(Arguments.Given given, Slot slot) {
        if (slot.name().equals("nesterov")) {
            if (given.value() instanceof Val.Const(Constant.Bool(boolean on))) {
                return Optional.of(new ScalarExpr.Number(on ? 1 : 0));
            }
            return wrong(given, slot, "true or false");
        }
        Optional<ScalarExpr> value = switch (given.value()) {
            case Val.Const(Constant k)
            when ConstantFolding.number(k).isPresent() ->
                Optional.of(new ScalarExpr.Number(ConstantFolding.number(k).getAsDouble()));
            case Val.Tensor t -> formula(t.expr());
            case Val other -> Optional.empty();
        };
        if (value.isEmpty()) {
            return wrong(given, slot, "a number or a setting of the train section");
        }
        if (value.get() instanceof ScalarExpr.Number(double number)) {
            boolean zeroRate = slot.name().equals("lr") && number == 0;
            if (number < slot.least() || number >= slot.most() || zeroRate || Double.isNaN(number)) {
                c.report(Diagnostic.error(
                        "NND0520", given.span(), "`" + slot.name() + "` is " + range(slot) + ", got " + number));
            }
        }
        return value;
    }

    private static String range(Slot slot) {
        if (slot.name().equals("lr")) {
            return "more than 0";
        }
        return slot.most() == NO_END ? "at least 0" : "at least 0 and below 1";
    }

    private Optional<ScalarExpr> wrong(Arguments.Given given, Slot slot, String wanted) {
        if (!(given.value() instanceof Val.Poison)) {
            c.report(Diagnostic.error(
                    "NND0205",
                    given.span(),
                    "`" + slot.name() + "` takes " + wanted + ", got " + Val.describe(given.value())));
        }
        return Optional.empty();
    }

    /** Arithmetic over settings and numbers. */
    private static Optional<ScalarExpr> formula(TypedExpr expr) {
        return switch (expr) {
            case TypedExpr.Setting s -> Optional.of(new ScalarExpr.Setting(s.name()));
            case TypedExpr.Number n -> Optional.of(new ScalarExpr.Number(n.value()));
            case TypedExpr.Apply a
            when a.primitive() == Primitive.NEGATE ->
                formula(a.operands().getFirst())
                        .map(x -> new ScalarExpr.Binary(Primitive.SUBTRACT, new ScalarExpr.Number(0), x));
            case TypedExpr.Apply a
            when isArithmetic(a.primitive()) -> {
                Optional<ScalarExpr> left = formula(a.operands().get(0));
                Optional<ScalarExpr> right = formula(a.operands().get(1));
                yield left.isPresent() && right.isPresent()
                        ? Optional.of(new ScalarExpr.Binary(a.primitive(), left.get(), right.get()))
                        : Optional.empty();
            }
            case TypedExpr other -> Optional.empty();
        };
    }

    private static boolean isArithmetic(Primitive primitive) {
        return primitive == Primitive.ADD
                || primitive == Primitive.SUBTRACT
                || primitive == Primitive.MULTIPLY
                || primitive == Primitive.DIVIDE;
    }
}
