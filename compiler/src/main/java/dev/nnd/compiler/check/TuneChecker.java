package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** A tune section: its names are checked, it makes nothing yet. */
final class TuneChecker {

    private final Checking c;
    private final FileScope home;

    TuneChecker(Checking c, FileScope home) {
        this.c = c;
        this.home = home;
    }

    void check(Decl.Tune tune) {
        Optional<Decl.Train> train = Optional.empty();
        boolean named = false;
        for (TuneItem item : tune.items()) {
            if (item instanceof TuneItem.Train t) {
                named = true;
                train = train(t.name());
            }
        }
        if (!named) {
            c.report(Diagnostic.error(
                            "NND0521", tune.name().span(), "`" + tune.name().name() + "` names no train section")
                    .help("add `train Name`"));
        }
        for (TuneItem item : tune.items()) {
            item(item, train);
        }
    }

    private Optional<Decl.Train> train(Ident name) {
        Optional<Decl.Train> found = home.find(name.name())
                .filter(f -> f.declaration() instanceof Decl.Train)
                .map(f -> (Decl.Train) f.declaration());
        if (found.isEmpty()) {
            c.report(Expressions.suggest(
                    Diagnostic.error("NND0521", name.span(), "there is no train section `" + name.name() + "`"),
                    name.span(),
                    Nearest.to(name.name(), home.names(d -> d instanceof Decl.Train))));
        }
        return found;
    }

    private void item(TuneItem item, Optional<Decl.Train> train) {
        switch (item) {
            case TuneItem.Train t -> {}
            case TuneItem.Search s -> train.ifPresent(t -> search(s, t));
            case TuneItem.Objective o -> train.ifPresent(t -> objective(o, t));
            case TuneItem.Setting s -> {}
        }
    }

    private void search(TuneItem.Search search, Decl.Train train) {
        List<String> names =
                train.parameters().stream().map(p -> p.name().name()).toList();
        if (names.contains(search.name().name())) {
            return;
        }
        Diagnostic error = Diagnostic.error(
                "NND0522",
                search.name().span(),
                "`" + train.name().name() + "` has no parameter `"
                        + search.name().name() + "`");
        Optional<String> near = Nearest.to(search.name().name(), names);
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, search.name().span(), near)
                        : error.help("write `train " + train.name().name() + "("
                                + search.name().name() + ": float = 1e-3) { ... }`"));
    }

    private void objective(TuneItem.Objective objective, Decl.Train train) {
        if (objective.metric() instanceof Expr.Member(Expr.Name split, Ident metric, Span span)) {
            RunRules.metric(c, train, metric);
        } else {
            c.report(Diagnostic.error(
                            "NND0512", objective.metric().span(), "an objective is a part of the data and a metric")
                    .help("such as `validation.accuracy`"));
        }
    }
}
