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

/** {@code strategy random}, {@code grid} or {@code halving(factor: 3)}, and how many trials they make. */
final class StrategyRules {

    private static final List<String> NAMES = List.of("random", "grid", "halving");

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
        if (plain && name.equals("halving")) {
            return halving(written, arguments, train);
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
            case "hyperband", "asha", "successive_halving" -> Optional.of("halving");
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

    private Optional<Strategy> halving(Expr written, List<Expr.Argument> arguments, Decl.Train train) {
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
                Diagnostic error = Diagnostic.error("NND0201", span, "`halving` has no parameter `" + name + "`");
                c.report(
                        near.isPresent()
                                ? Expressions.suggest(error, span, near)
                                : error.help("`halving` can take `factor` and `least`"));
                return Optional.empty();
            }
            long low = name.equals("factor") ? 2 : 1;
            if (value.isEmpty() || value.get() < low) {
                value.ifPresent(v -> c.report(Diagnostic.error(
                        "NND0542", argument.span(), "`" + name + "` of `halving` is at least " + low + ", got " + v)));
                return Optional.empty();
            }
            factor = name.equals("factor") ? value.get() : factor;
            least = name.equals("least") ? value.get() : least;
        }
        return fits(written, least, train) ? Optional.of(new Strategy.Halving(factor, least)) : Optional.empty();
    }

    /** A first round as long as the whole run halves nothing. */
    private boolean fits(Expr written, long least, Decl.Train train) {
        for (TrainItem item : train.items()) {
            boolean length = item instanceof TrainItem.Setting s
                    && (s.name().name().equals("epochs") || s.name().name().equals("steps"))
                    && s.value() instanceof Expr.IntLiteral i
                    && i.value().compareTo(java.math.BigInteger.valueOf(least)) <= 0;
            if (length) {
                c.report(Diagnostic.error(
                                "NND0542", written.span(), "the first round of `halving` is as long as a whole run")
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
