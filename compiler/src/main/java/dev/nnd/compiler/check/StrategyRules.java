package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.typed.TypedTune.Search;
import dev.nnd.compiler.typed.TypedTune.Space;
import dev.nnd.compiler.typed.TypedTune.Strategy;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code strategy random}, {@code grid}, {@code halving(factor: 3)}, {@code asha} or {@code tpe}, and how many trials they make. */
final class StrategyRules {

    private static final List<String> NAMES = List.of("random", "grid", "halving", "asha", "tpe");
    private static final long STARTUP = 10;

    private final Checking c;
    private final Env env;
    private final Decl.Tune tune;

    StrategyRules(Checking c, Env env, Decl.Tune tune) {
        this.c = c;
        this.env = env;
        this.tune = tune;
    }

    Optional<Strategy> strategy(
            Optional<TuneItem.Setting> setting, List<Search> search, OptionalLong trials, Decl.Train train) {
        Optional<Strategy> strategy = setting.isEmpty()
                ? Optional.of(new Strategy.Random())
                : named(setting.get().value(), train);
        strategy.ifPresent(s -> trials(s, setting.map(TuneItem.Setting::span), search, trials));
        return strategy;
    }

    private Optional<Strategy> named(Expr written, Decl.Train train) {
        Expr callee = written instanceof Expr.Call call ? call.callee() : written;
        String name = callee instanceof Expr.StringLiteral s
                ? s.value()
                : callee.span().text();
        boolean plain = callee instanceof Expr.Name;
        List<Expr.Argument> arguments = written instanceof Expr.Call call ? call.arguments() : List.of();
        if (plain && (name.equals("halving") || name.equals("asha"))) {
            return halving(name, written, arguments, train);
        }
        if (plain && name.equals("tpe")) {
            return tpe(arguments);
        }
        if (plain && NAMES.contains(name)) {
            if (!arguments.isEmpty()) {
                c.report(Diagnostic.error("NND0203", arguments.getFirst().span(), "`" + name + "` takes no arguments")
                        .help("the number of runs is `trials`, and the seed `seed`"));
                return Optional.empty();
            }
            return Optional.of(name.equals("grid") ? new Strategy.Grid() : new Strategy.Random());
        }
        Optional<String> meant = switch (name.toLowerCase(Locale.ROOT)) {
            case "hyperband", "successive_halving" -> Optional.of("halving");
            case "bayesian", "bayes", "optuna", "hyperopt", "tpesampler", "tree_parzen" -> Optional.of("tpe");
            case "asynchronous_halving", "async_halving", "ashascheduler" -> Optional.of("asha");
            case "random_search", "randomsearch", "random" -> Optional.of("random");
            case "grid_search", "gridsearch", "grid" -> Optional.of("grid");
            default -> Nearest.to(name, NAMES);
        };
        Diagnostic error = Diagnostic.error("NND0542", callee.span(), "there is no strategy `" + name + "`");
        c.report(
                meant.isPresent()
                        ? Expressions.suggest(error, callee.span(), meant)
                        : error.help("the strategies are " + String.join(", ", NAMES)));
        return Optional.empty();
    }

    private Optional<Strategy> tpe(List<Expr.Argument> arguments) {
        long startup = STARTUP;
        for (Expr.Argument argument : arguments) {
            String name = argument.name().map(n -> n.name()).orElse("startup");
            if (!name.equals("startup")) {
                Span span = argument.name().orElseThrow().span();
                Diagnostic error = Diagnostic.error("NND0201", span, "`tpe` has no parameter `" + name + "`");
                c.report(
                        name.equals("n_startup_trials") || name.equals("n_startup_jobs")
                                ? Expressions.suggest(error, span, Optional.of("startup"))
                                : error.help(
                                        "`tpe` can take `startup`, the number of random trials that it begins with"));
                return Optional.empty();
            }
            Optional<Long> value = c.expressions().constant(argument.value(), env, "`startup`");
            if (value.isEmpty() || value.get() < 1) {
                value.ifPresent(v -> c.report(
                        Diagnostic.error("NND0542", argument.span(), "`startup` of `tpe` is at least 1, got " + v)));
                return Optional.empty();
            }
            startup = value.get();
        }
        return Optional.of(new Strategy.Tpe(startup));
    }

    private Optional<Strategy> halving(String strategy, Expr written, List<Expr.Argument> arguments, Decl.Train train) {
        long factor = 3;
        long least = 1;
        for (Expr.Argument argument : arguments) {
            String name = argument.name().map(n -> n.name()).orElse("factor");
            Optional<Long> value = c.expressions().constant(argument.value(), env, "`" + name + "`");
            if (!name.equals("factor") && !name.equals("least")) {
                Span span = argument.name().orElseThrow().span();
                Optional<String> near = switch (name) {
                    case "eta", "reduction_factor" -> Optional.of("factor");
                    case "min_resource", "min_epochs", "grace_period", "min_budget", "min" -> Optional.of("least");
                    default -> Nearest.to(name, List.of("factor", "least"));
                };
                Diagnostic error =
                        Diagnostic.error("NND0201", span, "`" + strategy + "` has no parameter `" + name + "`");
                c.report(
                        near.isPresent()
                                ? Expressions.suggest(error, span, near)
                                : error.help("`" + strategy + "` can take `factor` and `least`"));
                return Optional.empty();
            }
            long low = name.equals("factor") ? 2 : 1;
            if (value.isEmpty() || value.get() < low) {
                value.ifPresent(v -> c.report(Diagnostic.error(
                        "NND0542",
                        argument.span(),
                        "`" + name + "` of `" + strategy + "` is at least " + low + ", got " + v)));
                return Optional.empty();
            }
            factor = name.equals("factor") ? value.get() : factor;
            least = name.equals("least") ? value.get() : least;
        }
        if (!fits(strategy, written, least, train)) {
            return Optional.empty();
        }
        return Optional.of(
                strategy.equals("asha") ? new Strategy.Asha(factor, least) : new Strategy.Halving(factor, least));
    }

    /** A first round as long as the whole run halves nothing. */
    private boolean fits(String strategy, Expr written, long least, Decl.Train train) {
        for (TrainItem item : train.items()) {
            boolean length = item instanceof TrainItem.Setting s
                    && (s.name().name().equals("epochs") || s.name().name().equals("steps"))
                    && s.value() instanceof Expr.IntLiteral i
                    && i.value().compareTo(java.math.BigInteger.valueOf(least)) <= 0;
            if (length) {
                c.report(Diagnostic.error(
                                "NND0542",
                                written.span(),
                                "the first round of `" + strategy + "` is as long as a whole run")
                        .label(item.span(), "the run is this long"));
                return false;
            }
        }
        return true;
    }

    private void trials(Strategy strategy, Optional<Span> written, List<Search> search, OptionalLong trials) {
        Span span = written.orElse(tune.name().span());
        if (!(strategy instanceof Strategy.Grid)) {
            if (trials.isEmpty()) {
                c.report(Diagnostic.error(
                                "NND0545",
                                tune.name().span(),
                                "`" + tune.name().name() + "` does not say how many runs to make")
                        .help("add `trials 20`"));
            }
            return;
        }
        long size = 1;
        for (Search one : search) {
            switch (one.space()) {
                case Space.Choice(var values) -> size = times(size, values.size());
                case Space.Ints(long low, long high, long step) -> size = times(size, (high - low) / step + 1);
                case Space.Floats f -> {
                    c.report(Diagnostic.error(
                                    "NND0542",
                                    one.span(),
                                    "a grid needs lists, and `" + one.parameter() + "` is any number between two")
                            .label(span, "the grid is here")
                            .help("write a list, such as `search " + one.parameter() + " in [1e-4, 1e-3, 1e-2]`"));
                    return;
                }
            }
        }
        if (trials.isPresent() && trials.getAsLong() != size) {
            Span given = tune.items().stream()
                    .filter(i ->
                            i instanceof TuneItem.Setting s && s.name().name().equals("trials"))
                    .map(TuneItem::span)
                    .findFirst()
                    .orElse(span);
            c.report(Diagnostic.error(
                            "NND0542",
                            given,
                            "the grid has " + size + " combinations, and `trials` is " + trials.getAsLong())
                    .label(span, "the grid is here")
                    .help("write `trials " + size + "`, or leave it out")
                    .fix(given, "trials " + size));
        }
    }

    private static long times(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        return high != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }
}
