package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The data section that a train section names. */
final class SectionData {

    private final Checking c;
    private final Env env;
    private final Decl.Train declaration;

    SectionData(Checking c, Env env, Decl.Train declaration) {
        this.c = c;
        this.env = env;
        this.declaration = declaration;
    }

    /** Behind the brace that opens the section. */
    private Span atStart() {
        Span first = declaration.items().isEmpty()
                ? declaration.span()
                : declaration.items().getFirst().span();
        int brace = first.file().text().lastIndexOf('{', first.start()) + 1;
        return new Span(first.file(), brace, brace);
    }

    /** The checked section, as {@code data} finds it; empty if something is wrong with it, which is reported. */
    Optional<TypedData> find(Function<FileScope.Found, Optional<TypedData>> data) {
        List<TrainItem.Data> all = declaration.items().stream()
                .filter(TrainItem.Data.class::isInstance)
                .map(TrainItem.Data.class::cast)
                .toList();
        if (all.isEmpty()) {
            Diagnostic error = Diagnostic.error(
                            "NND0501",
                            declaration.name().span(),
                            "`" + declaration.name().name() + "` has no data")
                    .help("add `data Name` with the name of a data section");
            for (String name : env.home().names(d -> d instanceof Decl.Data)) {
                error = error.candidate("add `data " + name + "`", atStart(), "\n  data  " + name);
            }
            c.report(error);
            return Optional.empty();
        }
        if (all.size() > 1) {
            c.report(Diagnostic.error("NND0517", all.get(1).span(), "a train section has one `data`")
                    .label(all.getFirst().span(), "the first is here"));
        }
        Ident name = all.getFirst().name();
        Optional<FileScope.Found> found =
                env.home().find(name.name()).filter(f -> f.declaration() instanceof Decl.Data);
        if (found.isEmpty() && env.home().isBroken(name.name())) {
            return Optional.empty();
        }
        if (found.isEmpty()) {
            Diagnostic error =
                    Diagnostic.error("NND0514", name.span(), "there is no data section `" + name.name() + "`");
            c.report(Expressions.suggest(
                    error, name.span(), Nearest.to(name.name(), env.home().names(d -> d instanceof Decl.Data))));
            return Optional.empty();
        }
        Optional<TypedData> typed = data.apply(found.get());
        if (typed.isEmpty() && found.get().home() != env.home()) {
            c.report(Diagnostic.error(
                    "NND0109", name.span(), "the imported data section `" + name.name() + "` has errors of its own"));
        }
        typed.filter(t -> !SplitChecker.parts(t).contains("train"))
                .ifPresent(t -> c.report(Diagnostic.error(
                                "NND0414", name.span(), "no source or part of `" + name.name() + "` is named `train`")
                        .label(t.declaration().name().span(), "it has " + String.join(", ", SplitChecker.parts(t)))
                        .help("name the rows to train on: `source train = ...`, or `split all into train 80%, ...`")));
        return typed;
    }

    /** The data of a train section, for those who only look at it; nothing is reported. */
    static Optional<TypedData> of(
            Decl.Train train, FileScope home, Function<FileScope.Found, Optional<TypedData>> data) {
        return train.items().stream()
                .filter(i -> i instanceof TrainItem.Data)
                .findFirst()
                .flatMap(i -> home.find(((TrainItem.Data) i).name().name()))
                .filter(f -> f.declaration() instanceof Decl.Data)
                .flatMap(data);
    }
}
