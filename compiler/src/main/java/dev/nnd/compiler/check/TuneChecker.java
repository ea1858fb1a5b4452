package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.grammar.Diagnostic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A tune section: what is searched for in which train section, what is best, and how values are chosen. */
final class TuneChecker {

    private final Checking c;
    private final FileScope home;
    private final Decl.Tune tune;
    private final Env env;

    private TuneChecker(Checking c, FileScope home, Decl.Tune tune) {
        this.c = c;
        this.home = home;
        this.tune = tune;
        this.env = new Env(home, new Scope(null), new Body(tune.span().file()), true);
    }

    /** The checked section; {@code data} finds a checked data section, {@code trains} are the file's. Empty if something was reported. */
    static Optional<TypedTune> check(
            Checking c,
            FileScope home,
            Decl.Tune tune,
            Function<FileScope.Found, Optional<TypedData>> data,
            List<TypedTrain> trains) {
        return new TuneChecker(c, home, tune).check(data, trains);
    }

    private <T extends TuneItem> List<T> items(Class<T> type) {
        return tune.items().stream().filter(type::isInstance).map(type::cast).toList();
    }

    private Optional<TypedTune> check(Function<FileScope.Found, Optional<TypedData>> data, List<TypedTrain> trains) {
        int before = c.problems().errors();
        Optional<FileScope.Found> found = only(TuneItem.Train.class, "train").flatMap(t -> train(t.name()));
        if (items(TuneItem.Train.class).isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0521", tune.name().span(), "`" + tune.name().name() + "` names no train section")
                    .help("add `train Name`"));
        }
        Optional<TuneItem.Objective> written = only(TuneItem.Objective.class, "maximize");
        if (written.isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0545", tune.name().span(), "`" + tune.name().name() + "` does not say what is best")
                    .help("add `maximize validation.accuracy` or `minimize validation.loss`"));
        }
        if (items(TuneItem.Search.class).isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0545", tune.name().span(), "`" + tune.name().name() + "` searches nothing")
                    .help("add `search lr in log_uniform(1e-5, 1e-1)`"));
        }
        Map<String, TuneItem.Setting> settings = settings();
        if (found.isEmpty() || !(found.get().declaration() instanceof Decl.Train train)) {
            return Optional.empty();
        }
        List<TypedTune.Search> search = new SpaceRules(c, env, train).all(items(TuneItem.Search.class));
        trains.stream()
                .filter(t -> t.declaration().span().equals(train.span()))
                .forEach(t -> new TuneRanges(c, t).check(search));
        Optional<TypedTune.Objective> objective = written.flatMap(
                o -> objective(o, train, SectionData.of(train, found.get().home(), data)));
        OptionalLong trials = whole(settings.get("trials"), 1);
        long seed = whole(settings.get("seed"), Long.MIN_VALUE).orElse(0);
        var strategies = new StrategyRules(c, env, tune);
        Optional<TypedTune.Strategy> strategy =
                strategies.strategy(Optional.ofNullable(settings.get("strategy")), search, trials, train);
        return objective.isEmpty() || strategy.isEmpty() || c.problems().errors() > before
                ? Optional.empty()
                : Optional.of(new TypedTune(tune, train, search, objective.get(), strategy.get(), trials, seed));
    }

    private <T extends TuneItem> Optional<T> only(Class<T> type, String word) {
        List<T> all = items(type);
        for (T more : all.subList(Math.min(1, all.size()), all.size())) {
            c.report(Diagnostic.error("NND0517", more.span(), "a tune section has one `" + word + "`")
                    .label(all.getFirst().span(), "the first is here"));
        }
        return all.stream().findFirst();
    }

    private Map<String, TuneItem.Setting> settings() {
        var settings = new HashMap<String, TuneItem.Setting>();
        for (TuneItem.Setting setting : items(TuneItem.Setting.class)) {
            TuneItem.Setting first = settings.putIfAbsent(setting.name().name(), setting);
            if (first != null) {
                c.report(Diagnostic.error(
                                "NND0517", setting.span(), "`" + setting.name().name() + "` is given twice")
                        .label(first.span(), "the first is here"));
            }
        }
        return settings;
    }

    private OptionalLong whole(TuneItem.@Nullable Setting setting, long least) {
        if (setting == null) {
            return OptionalLong.empty();
        }
        Optional<Long> value = c.expressions()
                .constant(setting.value(), env, "`" + setting.name().name() + "`");
        if (value.isPresent() && value.get() < least) {
            c.report(Diagnostic.error(
                    "NND0508",
                    setting.value().span(),
                    "`" + setting.name().name() + "` is at least " + least + ", got " + value.get()));
            return OptionalLong.empty();
        }
        return value.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private Optional<FileScope.Found> train(Ident name) {
        Optional<FileScope.Found> found = home.find(name.name()).filter(f -> f.declaration() instanceof Decl.Train);
        if (found.isEmpty() && !home.isBroken(name.name())) {
            c.report(Expressions.suggest(
                    Diagnostic.error("NND0521", name.span(), "there is no train section `" + name.name() + "`"),
                    name.span(),
                    Nearest.to(name.name(), home.names(d -> d instanceof Decl.Train))));
        }
        return found;
    }

    private Optional<TypedTune.Objective> objective(
            TuneItem.Objective item, Decl.Train train, Optional<TypedData> data) {
        var rules = new BestRules(
                c, env, train, data, new Length(OptionalLong.empty(), OptionalLong.empty(), Optional.empty()));
        Optional<BestRules.Best> best = rules.best(item.metric(), item.maximize() ? "`maximize`" : "`minimize`");
        best.ifPresent(b -> direction(item, b));
        return best.map(b -> new TypedTune.Objective(item.maximize(), b.split(), b.metric(), item.span()));
    }

    /** A loss is hardly meant to be as large as it can be. */
    private void direction(TuneItem.Objective item, BestRules.Best best) {
        Optional<Boolean> higher = new MetricDirection(env).ofMetric(best.metric());
        if (higher.isPresent() && item.maximize() != higher.get()) {
            String meant = (item.maximize() ? "minimize " : "maximize ")
                    + item.metric().span().text();
            c.report(Diagnostic.warning(
                            "NND0546",
                            item.span(),
                            "`" + best.metric() + "` is better when it is " + (item.maximize() ? "lower" : "higher"))
                    .help("write `" + meant + "`")
                    .fix(item.span(), meant));
        }
    }
}
