package dev.nnd.compiler.cli;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.TrainingProgram;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tune section, and programs of its train section: parameters that are part of a program are compiled anew for each value. */
final class TuneSection {
    private final Terminal terminal;
    private final Path file;
    private final TypedTune tune;
    private final Map<Map<String, String>, TrainSection> compiled = new HashMap<>();

    private TuneSection(Terminal terminal, Path file, TypedTune tune, TrainSection section) {
        this.terminal = terminal;
        this.file = file;
        this.tune = tune;
        compiled.put(Map.of(), section);
    }

    /**
     * Takes the tune section of that name, or the only one of a file.
     *
     * @return nothing if the file has errors, which are then printed
     */
    static Optional<TuneSection> load(Terminal terminal, Path file, Optional<String> name) {
        var tunes = TrainSection.tunes(terminal, file);
        if (tunes.isEmpty()) {
            return Optional.empty();
        }
        TypedTune tune = choose(file, tunes.get(), name);
        if (!tune.train().span().file().equals(tune.declaration().span().file())) {
            throw new NndException(
                    "`" + tune.name() + "` searches for `" + tune.train().name().name() + "` of another file, "
                            + tune.train().span().file().name() + ".",
                    "write the tune section in that file",
                    null);
        }
        return TrainSection.load(terminal, file, Optional.of(tune.train().name().name()))
                .map(section -> new TuneSection(terminal, file, tune, section));
    }

    private static TypedTune choose(Path file, List<TypedTune> tunes, Optional<String> name) {
        List<String> names = tunes.stream().map(TypedTune::name).toList();
        if (names.isEmpty()) {
            throw new NndException(
                    "There is no tune section in " + file + ".", "write `tune Name { ... }` there", null);
        }
        if (name.isEmpty() && names.size() > 1) {
            throw new NndException(
                    file + " has several tune sections: " + String.join(", ", names) + ".",
                    "name one behind the file",
                    null);
        }
        int at = name.isEmpty() ? 0 : names.indexOf(name.get());
        if (at < 0) {
            throw new NndException(
                    file + " has no tune section `" + name.get() + "`; it has " + String.join(", ", names) + ".",
                    Spelling.nearest(name.get(), names)
                            .map(n -> "did you mean `" + n + "`?")
                            .orElse(null),
                    null);
        }
        return tunes.get(at);
    }

    TypedTune tune() {
        return tune;
    }

    /** A program with the values of a trial; the caller closes it. */
    TrainingProgram program(Trial trial, int threads) {
        Map<String, Double> settings = new LinkedHashMap<>();
        trial.values().forEach((name, value) -> {
            if (isSetting(name)) {
                settings.put(name, Double.valueOf(value));
            }
        });
        return section(constants(trial)).program(threads, settings);
    }

    /** Compiles what the trials need, before threads share it. */
    void compile(List<Trial> trials) {
        trials.forEach(trial -> section(constants(trial)));
    }

    private boolean isSetting(String name) {
        TypedTrain train = section(Map.of()).train();
        return train.settings().stream().anyMatch(s -> s.name().equals(name));
    }

    private Map<String, String> constants(Trial trial) {
        Map<String, String> constants = new LinkedHashMap<>(trial.values());
        constants.keySet().removeIf(this::isSetting);
        return constants;
    }

    private synchronized TrainSection section(Map<String, String> constants) {
        return compiled.computeIfAbsent(
                constants,
                values -> TrainSection.load(terminal, file, tune.train().name().name(), source -> with(source, values))
                        .orElseThrow(() -> new NndException("With " + values + " the program has errors.")));
    }

    /** The source with other defaults of the section's parameters. */
    private SourceFile with(SourceFile source, Map<String, String> values) {
        if (!source.equals(tune.train().span().file())) {
            return source;
        }
        var text = new StringBuilder(source.text());
        tune.train().parameters().stream()
                .filter(p -> values.containsKey(p.name().name()))
                .sorted(Comparator.comparingInt((Decl.Parameter p) -> p.span().start())
                        .reversed())
                .forEach(p -> p.defaultValue()
                        .map(Expr::span)
                        .ifPresent((Span s) -> text.replace(
                                s.start(), s.end(), values.getOrDefault(p.name().name(), ""))));
        return new SourceFile(source.name(), text.toString());
    }
}
