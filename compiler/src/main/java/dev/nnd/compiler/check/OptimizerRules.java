package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code using adam(lr: 1e-3)}: the optimizer and its numbers. Names, defaults and ranges are those of the declarations in
 * {@code nnd/std/training/optimizers.nnd}.
 */
final class OptimizerRules {

    private static final String RESULT = "optimizer";

    /**
     * An optimizer whose weights without decay are still patterns.
     *
     * @param noDecay the strings of {@code no_decay}
     * @param scales the pairs of {@code lr_scale}
     */
    record Chosen(OptimizerSpec spec, List<Expr> noDecay, List<Scale> scales, Optional<Span> clipNorm) {}

    /** What the rate of the weights below a path is multiplied by. */
    record Scale(Expr path, ScalarExpr factor) {}

    private final Checking c;
    private final Env env;
    private final ScalarRules scalars;
    private final ScheduleRules schedules;

    OptimizerRules(Checking c, Env env, Length length) {
        this.c = c;
        this.env = env;
        this.scalars = new ScalarRules(c, env);
        this.schedules = new ScheduleRules(c, env, length);
    }

    /** The library's declaration of that name whose result is that word. */
    static Optional<Decl.Function> named(Checking c, String name, String result) {
        return c.training().find(name).filter(f -> is(f.declaration(), result)).map(f ->
                (Decl.Function) f.declaration());
    }

    /** The names of the library's optimizers or schedules, sorted. */
    static List<String> names(Checking c, String result) {
        return List.copyOf(c.training().names(d -> is(d, result)));
    }

    private static boolean is(Decl declaration, String result) {
        return declaration instanceof Decl.Function f
                && f.result().orElse(null) instanceof TypeExpr.Named n
                && n.name().name().equals(result);
    }

    /** The error for an optimizer or a schedule outside `using`. */
    static Diagnostic misplaced(Checking c, Expr.Name name) {
        boolean optimizer = named(c, name.name(), RESULT).isPresent();
        return Diagnostic.error(
                "NND0534",
                name.span(),
                optimizer
                        ? "`" + name.name() + "` is an optimizer: it stands after `using`"
                        : "`" + name.name() + "` is a schedule: it stands for the rate of an optimizer, `lr: "
                                + name.name() + "(...)`");
    }

    Optional<Chosen> optimizer(Expr written) {
        if (written instanceof Expr.Call call && call.callee() instanceof Expr.Name name) {
            Optional<Decl.Function> function = named(c, name.name(), RESULT);
            if (function.isPresent()) {
                return arguments(function.get(), call);
            }
        }
        boolean reported = written instanceof Expr.Name name
                && env.scope()
                        .find(name.name())
                        .filter(e -> e.value() instanceof Val.Poison)
                        .isPresent();
        if (!reported) {
            unknown(written);
        }
        return Optional.empty();
    }

    private void unknown(Expr written) {
        Expr callee = written instanceof Expr.Call call ? call.callee() : written;
        String name = switch (callee) {
            case Expr.Name n -> n.name();
            case Expr.Member m -> m.member().name();
            case Expr.StringLiteral s -> s.value();
            case Expr other -> "";
        };
        List<String> known = names(c, RESULT);
        Optional<String> meant = known.contains(name) ? Optional.of(name) : Nearest.to(name, known);
        if (written instanceof Expr.Call && meant.isPresent()) {
            Diagnostic error = Diagnostic.error(
                    "NND0509",
                    callee.span(),
                    "there is no optimizer `" + callee.span().text() + "`");
            c.report(Expressions.suggest(error, callee.span(), meant));
        } else if (meant.isPresent()) {
            String whole = meant.get() + "(lr: " + ForeignTraining.rate(meant.get()) + ")";
            c.report(Diagnostic.error("NND0509", written.span(), "an optimizer is written with its numbers")
                    .help("write `" + whole + "`")
                    .fix(written.span(), whole));
        } else {
            String text =
                    name.isEmpty() ? "an optimizer is a name with its numbers" : "there is no optimizer `" + name + "`";
            c.report(Diagnostic.error("NND0509", callee.span(), text)
                    .help("the optimizers are " + String.join(", ", known)));
        }
    }

    private Optional<Chosen> arguments(Decl.Function function, Expr.Call call) {
        Optional<Map<String, Expr.Argument>> given = TrainingArguments.match(c, function, call);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        int before = c.problems().errors();
        var values = new LinkedHashMap<String, ScalarExpr>();
        var requirements = new TrainingRequirements(c, function);
        var noDecay = new ArrayList<Expr>();
        var scales = new ArrayList<Scale>();
        for (Decl.Parameter parameter : function.parameters()) {
            String name = parameter.name().name();
            Optional<Expr> written = Optional.ofNullable(given.get().get(name))
                    .map(Expr.Argument::value)
                    .or(parameter::defaultValue);
            if (written.isEmpty() || written.get() instanceof Expr.NoneLiteral) {
                continue;
            }
            if (name.equals("lr_scale")) {
                scales.addAll(scales(written.get()));
            } else if (parameter.type() instanceof TypeExpr.ListOf) {
                noDecay.addAll(strings(written.get(), name));
            } else {
                value(parameter, written.get(), requirements).ifPresent(v -> values.put(name, v));
            }
        }
        if (c.problems().errors() > before || !requirements.check(given.get(), call.span())) {
            return Optional.empty();
        }
        var kind = OptimizerSpec.Kind.valueOf(function.name().name().toUpperCase(Locale.ROOT));
        Optional<Span> clip = Optional.ofNullable(given.get().get("clip_norm")).map(Expr.Argument::span);
        return Optional.of(new Chosen(new OptimizerSpec(kind, values), noDecay, scales, clip));
    }

    private Optional<ScalarExpr> value(Decl.Parameter parameter, Expr written, TrainingRequirements requirements) {
        String name = parameter.name().name();
        String what = "`" + name + "`";
        String kind = parameter.type() instanceof TypeExpr.Named n ? n.name().name() : "";
        if (kind.equals("bool")) {
            Optional<Boolean> on = scalars.bool(written, what);
            on.ifPresent(o -> requirements.bool(name, o));
            return on.map(o -> new ScalarExpr.Number(o ? 1 : 0));
        }
        Optional<ScalarExpr> number =
                kind.equals("rate") ? schedules.rate(written, what) : scalars.number(written, what);
        boolean fraction = kind.equals("int")
                && number.orElse(null) instanceof ScalarExpr.Number(double value)
                && value != Math.rint(value);
        if (fraction) {
            c.report(Diagnostic.error(
                    "NND0205",
                    written.span(),
                    what + " takes an int, got " + written.span().text()));
            return Optional.empty();
        }
        number.ifPresent(n -> requirements.number(name, n));
        return number;
    }

    private List<Scale> scales(Expr written) {
        boolean all = written instanceof Expr.ListLiteral l
                && l.items().stream()
                        .allMatch(i -> i instanceof Expr.Tuple t && t.items().size() == 2);
        if (!all || !(written instanceof Expr.ListLiteral list)) {
            Diagnostic error = Diagnostic.error(
                    "NND0205", written.span(), "`lr_scale` takes a list of pairs, each a path of weights and a factor");
            boolean pair = written instanceof Expr.Tuple t && t.items().size() == 2;
            String meant = "[" + written.span().text() + "]";
            c.report(
                    pair
                            ? error.help("write `" + meant + "`").fix(written.span(), meant)
                            : error.help("such as `[(net.embed, 0.1), (\"net.layers.**\", 0.3)]`"));
            return List.of();
        }
        var scales = new ArrayList<Scale>();
        for (Expr item : list.items()) {
            List<Expr> pair = ((Expr.Tuple) item).items();
            Optional<ScalarExpr> factor = scalars.number(pair.get(1), "a factor of `lr_scale`");
            if (factor.orElse(null) instanceof ScalarExpr.Number(double value) && !(value > 0)) {
                c.report(Diagnostic.error(
                                "NND0520",
                                pair.get(1).span(),
                                "a factor of `lr_scale` is more than 0, got "
                                        + pair.get(1).span().text())
                        .help("`freeze` keeps weights as they are"));
            }
            factor.ifPresent(f -> scales.add(new Scale(pair.getFirst(), f)));
        }
        return scales;
    }

    private List<Expr> strings(Expr written, String name) {
        boolean all = written instanceof Expr.ListLiteral l
                && l.items().stream().allMatch(i -> i instanceof Expr.StringLiteral);
        if (all && written instanceof Expr.ListLiteral l) {
            return l.items();
        }
        Diagnostic error = Diagnostic.error(
                "NND0205",
                written.span(),
                "`" + name + "` takes a list of patterns of weight names, such as `[\"**.bias\"]`");
        c.report(
                written instanceof Expr.StringLiteral
                        ? error.help("write `[" + written.span().text() + "]`")
                                .fix(written.span(), "[" + written.span().text() + "]")
                        : error);
        return List.of();
    }
}
