package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Schedule;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.compiler.typed.TypedTune.Search;
import dev.nnd.compiler.typed.TypedTune.Space;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Checks that optimizers and schedules take every value that a search can give them: its ends, or each of its list. */
final class TuneRanges {

    private final Checking c;
    private final TypedTrain train;

    TuneRanges(Checking c, TypedTrain train) {
        this.c = c;
        this.train = train;
    }

    void check(List<Search> searches) {
        for (Search search : searches) {
            for (double value : values(search.space())) {
                if (!fits(search, value)) {
                    break;
                }
            }
        }
    }

    private static List<Double> values(Space space) {
        return switch (space) {
            case Space.Floats f -> List.of(f.low(), f.high());
            case Space.Ints i -> List.of((double) i.low(), (double) i.high());
            case Space.Choice choice ->
                choice.values().stream()
                        .map(ConstantFolding::number)
                        .filter(n -> n.isPresent())
                        .map(n -> n.getAsDouble())
                        .toList();
        };
    }

    private boolean fits(Search search, double value) {
        Settings before = c.settings();
        var settings = new Settings();
        for (TypedTrain.Setting s : train.settings()) {
            boolean searched = s.name().equals(search.parameter());
            settings.add(new TypedTrain.Setting(s.name(), searched ? value : s.value(), s.span()));
        }
        c.settings(settings);
        try {
            return train.minimize().stream().allMatch(m -> {
                Optional<String> broken = optimizer(m, search.parameter());
                broken.ifPresent(message -> c.report(Diagnostic.error(
                                "NND0541", search.span(), "the search reaches a value that cannot be: " + message)
                        .label(m.span(), "`" + search.parameter() + "` is used here")));
                return broken.isEmpty();
            });
        } finally {
            c.settings(before);
        }
    }

    private Optional<String> optimizer(TypedTrain.Minimize minimize, String parameter) {
        var spec = minimize.optimizer();
        return broken(spec.kind().name(), spec.arguments(), parameter);
    }

    private Optional<String> broken(String kind, Map<String, ScalarExpr> arguments, String parameter) {
        for (ScalarExpr argument : arguments.values()) {
            Optional<String> inside = inside(argument, parameter);
            if (inside.isPresent()) {
                return inside;
            }
        }
        if (arguments.values().stream().noneMatch(a -> Settings.names(a).contains(parameter))) {
            return Optional.empty();
        }
        Optional<Decl.Function> function = c.training()
                .find(kind.toLowerCase(Locale.ROOT))
                .filter(f -> f.declaration() instanceof Decl.Function)
                .map(f -> (Decl.Function) f.declaration());
        if (function.isEmpty()) {
            return Optional.empty();
        }
        var requirements = new TrainingRequirements(c, function.get());
        arguments.forEach((name, value) -> {
            if (isBool(function.get(), name)) {
                requirements.bool(name, !value.equals(new ScalarExpr.Number(0)));
            } else {
                requirements.number(name, value);
            }
        });
        Optional<Stmt.Require> broken = requirements.broken();
        return broken.map(requirements::message);
    }

    private Optional<String> inside(ScalarExpr expr, String parameter) {
        return switch (expr) {
            case ScalarExpr.Number _, ScalarExpr.Setting _ -> Optional.empty();
            case ScalarExpr.Binary b -> inside(b.left(), parameter).or(() -> inside(b.right(), parameter));
            case ScalarExpr.Scheduled(Schedule schedule) ->
                broken(schedule.kind().name(), schedule.numbers(), parameter);
        };
    }

    private static boolean isBool(Decl.Function function, String name) {
        return function.parameters().stream()
                .anyMatch(p -> p.name().name().equals(name)
                        && p.type() instanceof TypeExpr.Named n
                        && n.name().name().equals("bool"));
    }
}
