package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.typed.Duration;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.Schedule;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code cosine(1e-3, warmup: 100 steps)}: a rate that changes, checked against the length of the run. */
final class ScheduleRules {

    private static final String RESULT = "schedule";

    private final Checking c;
    private final Env env;
    private final Length length;
    private final ScalarRules scalars;
    private final DurationRules durations;

    ScheduleRules(Checking c, Env env, Length length) {
        this.c = c;
        this.env = env;
        this.length = length;
        this.scalars = new ScalarRules(c, env);
        this.durations = new DurationRules(c, env);
    }

    /** The schedule of that name in the library. */
    static Optional<Decl.Function> named(Checking c, String name) {
        return OptimizerRules.named(c, name, RESULT);
    }

    /** A number, a setting, a schedule, or arithmetic over them. */
    Optional<ScalarExpr> rate(Expr written, String what) {
        if (written instanceof Expr.Binary b && holdsSchedule(b)) {
            return binary(b, what);
        }
        if (written instanceof Expr.Call call && call.callee() instanceof Expr.Name name && isFree(name)) {
            Optional<Decl.Function> schedule = named(c, name.name());
            if (schedule.isPresent()) {
                return schedule(schedule.get(), call);
            }
        }
        Optional<Expr> callee = callee(written);
        if (callee.isPresent() && unknown(callee.get(), written)) {
            return Optional.empty();
        }
        return scalars.number(written, what);
    }

    private boolean isFree(Expr.Name name) {
        return env.scope().find(name.name()).isEmpty()
                && env.home().find(name.name()).isEmpty();
    }

    private boolean holdsSchedule(Expr written) {
        return switch (written) {
            case Expr.Call call ->
                call.callee() instanceof Expr.Name n
                        && isFree(n)
                        && named(c, n.name()).isPresent();
            case Expr.Binary b -> holdsSchedule(b.left()) || holdsSchedule(b.right());
            case Expr other -> false;
        };
    }

    private Optional<ScalarExpr> binary(Expr.Binary b, String what) {
        Optional<Primitive> function = switch (b.operator()) {
            case ADD -> Optional.of(Primitive.ADD);
            case SUBTRACT -> Optional.of(Primitive.SUBTRACT);
            case MULTIPLY -> Optional.of(Primitive.MULTIPLY);
            case DIVIDE -> Optional.of(Primitive.DIVIDE);
            default -> Optional.empty();
        };
        Optional<ScalarExpr> left = rate(b.left(), what);
        Optional<ScalarExpr> right = rate(b.right(), what);
        if (function.isEmpty()) {
            c.report(Diagnostic.error(
                    "NND0205",
                    b.span(),
                    "a schedule is added, subtracted, multiplied or divided, got `"
                            + b.operator().text() + "`"));
            return Optional.empty();
        }
        return left.isPresent() && right.isPresent()
                ? Optional.of(new ScalarExpr.Binary(function.get(), left.get(), right.get()))
                : Optional.empty();
    }

    private static Optional<Expr> callee(Expr written) {
        return switch (written) {
            case Expr.Call call -> Optional.of(call.callee());
            case Expr.Name n -> Optional.of(n);
            case Expr other -> Optional.empty();
        };
    }

    /** Reports what is meant as a schedule and is none. */
    private boolean unknown(Expr callee, Expr written) {
        String name = switch (callee) {
            case Expr.Name n when isFree(n) -> n.name();
            case Expr.Member m -> m.member().name();
            case Expr other -> "";
        };
        boolean bare = written instanceof Expr.Name;
        if (name.isEmpty() || (Builtins.named(name).isPresent() && !bare)) {
            return false;
        }
        if (bare && named(c, name).isPresent()) {
            c.report(Diagnostic.error("NND0534", written.span(), "the schedule `" + name + "` needs its numbers")
                    .help("such as `" + name + "(1e-3)`"));
            return true;
        }
        List<String> known = names();
        Optional<String> meant = ForeignTraining.schedule(name).or(() -> Nearest.to(name, known));
        if (bare && meant.isEmpty() || Builtins.named(name).isPresent()) {
            return false;
        }
        Diagnostic error = Diagnostic.error("NND0534", callee.span(), "there is no schedule `" + name + "`");
        if (name.equals("ReduceLROnPlateau")) {
            error = error.note("a rate that depends on a metric is not known before the run");
        }
        c.report(
                meant.isPresent()
                        ? Expressions.suggest(error, callee.span(), meant)
                        : error.help("the schedules are " + String.join(", ", known)));
        return true;
    }

    private List<String> names() {
        return OptimizerRules.names(c, RESULT);
    }

    private Optional<ScalarExpr> schedule(Decl.Function function, Expr.Call call) {
        Optional<Map<String, Expr.Argument>> given = TrainingArguments.match(c, function, call);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        int before = c.problems().errors();
        var numbers = new LinkedHashMap<String, ScalarExpr>();
        var times = new LinkedHashMap<String, Duration>();
        var values = new ArrayList<ScalarExpr>();
        var boundaries = new ArrayList<Duration>();
        var requirements = new TrainingRequirements(c, function);
        for (Decl.Parameter parameter : function.parameters()) {
            String name = parameter.name().name();
            String what = "`" + name + "` of `" + function.name().name() + "`";
            Optional<Expr> written = Optional.ofNullable(given.get().get(name))
                    .map(Expr.Argument::value)
                    .or(parameter::defaultValue);
            if (written.isEmpty() || written.get() instanceof Expr.NoneLiteral) {
                continue;
            }
            switch (kind(parameter.type())) {
                case "duration" -> time(written.get(), name, what).ifPresent(t -> times.put(name, t));
                case "[float]" ->
                    items(written.get(), what)
                            .forEach(i -> scalars.number(i, what).ifPresent(values::add));
                case "[duration]" ->
                    items(written.get(), what).forEach(i -> time(i, name, what).ifPresent(boundaries::add));
                default ->
                    scalars.number(written.get(), what).ifPresent(n -> {
                        numbers.put(name, n);
                        requirements.number(name, n);
                    });
            }
        }
        if (c.problems().errors() > before || !requirements.check(given.get(), call.span())) {
            return Optional.empty();
        }
        piecewise(values, boundaries, given.get());
        longer(times, boundaries, given.get());
        var kind = Schedule.Kind.valueOf(function.name().name().toUpperCase(Locale.ROOT));
        return c.problems().errors() > before
                ? Optional.empty()
                : Optional.of(new ScalarExpr.Scheduled(new Schedule(kind, numbers, times, values, boundaries)));
    }

    private static String kind(TypeExpr type) {
        return switch (type) {
            case TypeExpr.Named n -> n.name().name();
            case TypeExpr.ListOf l -> "[" + kind(l.element()) + "]";
            case TypeExpr other -> "";
        };
    }

    private Optional<Duration> time(Expr written, String name, String what) {
        String unit = name.equals("warmup") ? "steps" : length.steps().isPresent() ? "steps" : "epochs";
        Optional<Duration> time = durations.duration(written, what, true, unit);
        boolean none = time.isPresent() && time.get().amount() <= 0 && !name.equals("warmup");
        if (none) {
            c.report(Diagnostic.error(
                    "NND0531",
                    written.span(),
                    what + " is more than 0, got " + time.get().text()));
            return Optional.empty();
        }
        return time;
    }

    private List<Expr> items(Expr written, String what) {
        if (written instanceof Expr.ListLiteral l) {
            return l.items();
        }
        c.report(Diagnostic.error("NND0205", written.span(), what + " takes a list")
                .help("write `[" + written.span().text() + "]`")
                .fix(written.span(), "[" + written.span().text() + "]"));
        return List.of();
    }

    private void piecewise(List<ScalarExpr> values, List<Duration> at, Map<String, Expr.Argument> given) {
        Expr.Argument times = given.get("at");
        if (times == null) {
            return;
        }
        if (values.size() != at.size() + 1) {
            Expr.Argument list = given.getOrDefault("values", times);
            c.report(Diagnostic.error(
                            "NND0533",
                            list.span(),
                            "`piecewise` has one value more than times, got " + values.size() + " and " + at.size())
                    .label(times.span(), "the times are here"));
        }
        for (int i = 1; i < at.size(); i++) {
            Duration before = at.get(i - 1);
            Duration here = at.get(i);
            String message = before.unit() != here.unit()
                    ? "the times of `piecewise` are counted alike, got " + before.text() + " and " + here.text()
                    : "the times of `piecewise` increase, got " + here.text() + " after " + before.text();
            if (before.unit() != here.unit() || before.amount() >= here.amount()) {
                c.report(Diagnostic.error("NND0533", times.span(), message));
                return;
            }
        }
        for (ScalarExpr value : values) {
            if (c.settings().standard(value) < 0) {
                c.report(Diagnostic.error("NND0520", times.span(), "a rate of `piecewise` is at least 0"));
                return;
            }
        }
    }

    private void longer(Map<String, Duration> times, List<Duration> boundaries, Map<String, Expr.Argument> given) {
        times.forEach((name, time) -> {
            Expr.Argument argument = given.get(name);
            boolean warmup = name.equals("warmup");
            if (argument != null && length.isShorterThan(time, warmup)) {
                String message = switch (name) {
                    case "warmup" -> "the warm-up takes " + time.text() + ", and the run is " + length.text() + " long";
                    case "period" -> "a period takes " + time.text() + ", and the run is " + length.text() + " long";
                    default -> "`" + name + "` is " + time.text() + ", and the run is " + length.text() + " long";
                };
                tooLong(argument.span(), message, warmup ? Optional.of("warmup: 10%") : Optional.empty());
            }
        });
        Expr.Argument at = given.get("at");
        Optional<Duration> late =
                boundaries.stream().filter(t -> length.isShorterThan(t, true)).findFirst();
        if (at != null && late.isPresent()) {
            String message = "a change after " + late.get().text() + " is never reached, as the run is " + length.text()
                    + " long";
            tooLong(at.span(), message, Optional.empty());
        }
    }

    private void tooLong(Span span, String message, Optional<String> instead) {
        Diagnostic error = length.mark(Diagnostic.error("NND0532", span, message));
        c.report(instead.map(i -> error.help("a share of the run always fits: `" + i + "`")
                        .fix(span, i))
                .orElse(error));
    }
}
