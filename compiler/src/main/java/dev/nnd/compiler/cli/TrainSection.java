package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.training.Drawing;
import dev.nnd.compiler.emit.training.Prediction;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingProgram;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * A train section of a .nnd file, compiled and loaded into this JVM.
 *
 * @param training as compiled
 * @param loader has the generated classes
 */
record TrainSection(CompiledFile.Training training, ClassLoader loader) {

    /**
     * Compiles a file and takes its train section of that name, or its only one.
     *
     * @return nothing if the file has errors, which are then printed
     * @throws NndException if there is no such section
     */
    static Optional<TrainSection> load(Terminal terminal, Path file, Optional<String> name) {
        return load(terminal, file, name, Compiler::compile);
    }

    /** The same of another version of the source. */
    static Optional<TrainSection> load(Terminal terminal, Path file, String name, UnaryOperator<SourceFile> changed) {
        BiFunction<Compiler, CompilerRun, CompileResult> compile = (compiler, run) -> compiler.compile(new CompilerRun(
                run.sources().stream().map(changed).toList(),
                run.others().stream().map(changed).toList()));
        return load(terminal, file, Optional.of(name), compile);
    }

    /** The tune sections of a file; nothing if it has errors, which are then printed. */
    static Optional<List<TypedTune>> tunes(Terminal terminal, Path file) {
        CompileResult result = new Compiler().compile(SourceFiles.read(List.of(file)));
        return new Findings(terminal, false).print(result.diagnostics()) != Nnd.FINE
                ? Optional.empty()
                : Optional.of(result.programs().getFirst().program().tunes());
    }

    /** The same with timers around all ops. */
    static Optional<TrainSection> timed(Terminal terminal, Path file, Optional<String> name) {
        return load(terminal, file, name, Compiler::compileTimed);
    }

    private static Optional<TrainSection> load(
            Terminal terminal,
            Path file,
            Optional<String> name,
            BiFunction<Compiler, CompilerRun, CompileResult> compile) {
        CompileResult result = compiled(SourceFiles.read(List.of(file)), compile);
        if (new Findings(terminal, false).print(result.diagnostics()) != Nnd.FINE) {
            return Optional.empty();
        }
        List<CompiledFile.Training> trainings = result.programs().getFirst().trainings();
        CompiledFile.Training chosen = choose(file, trainings, name);
        InMemoryJava java = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"));
        return Optional.of(new TrainSection(chosen, java.loader(TrainSection.class.getClassLoader())));
    }

    /** A section may use data and models of other files: their classes are needed too, and those that they use. */
    private static CompileResult compiled(CompilerRun run, BiFunction<Compiler, CompilerRun, CompileResult> compile) {
        var compiler = new Compiler();
        CompileResult result = compile.apply(compiler, run);
        var sources = new LinkedHashSet<SourceFile>(run.sources());
        while (sources.addAll(used(result))) {
            List<SourceFile> others =
                    run.others().stream().filter(o -> !sources.contains(o)).toList();
            result = compile.apply(compiler, new CompilerRun(List.copyOf(sources), others));
        }
        return result;
    }

    /** The files of the data and of the models of all train sections. */
    private static Set<SourceFile> used(CompileResult result) {
        var files = new LinkedHashSet<SourceFile>();
        result.programs().stream().flatMap(p -> p.trainings().stream()).forEach(t -> {
            files.add(t.train().data().declaration().span().file());
            t.models().forEach(m -> files.add(m.model().declaration().span().file()));
        });
        return files;
    }

    private static CompiledFile.Training choose(
            Path file, List<CompiledFile.Training> trainings, Optional<String> name) {
        List<String> names = trainings.stream().map(t -> t.train().name()).toList();
        if (names.isEmpty()) {
            throw new NndException(
                    "There is no train section in " + file + ".", "write `train Name { ... }` there", null);
        }
        if (name.isEmpty()) {
            if (names.size() > 1) {
                throw new NndException(
                        file + " has several train sections: " + String.join(", ", names) + ".",
                        "name one behind the file",
                        null);
            }
            return trainings.getFirst();
        }
        int at = names.indexOf(name.get());
        if (at < 0) {
            Optional<String> nearest = Spelling.nearest(name.get(), names);
            throw new NndException(
                    file + " has no train section `" + name.get() + "`; it has " + String.join(", ", names) + ".",
                    nearest.map(n -> "did you mean `" + n + "`?").orElse(null),
                    null);
        }
        return trainings.get(at);
    }

    /** The section as checked. */
    TypedTrain train() {
        return training.train();
    }

    /** Into how many folds the rows of its data are split; 0 if into none. */
    int folds() {
        return train().data().splits().stream()
                .mapToInt(s -> (int) s.folds())
                .max()
                .orElse(0);
    }

    /** A new program of the section; the caller closes it. */
    TrainingProgram program(int threads, Map<String, Double> values) {
        return factory().create(threads, values);
    }

    /** The same on another provider than the section's own. */
    TrainingProgram program(Provider provider, Map<String, Double> values) {
        return factory().create(provider, values);
    }

    /** The precision that it asks for. */
    Precision precision() {
        return factory().precision();
    }

    private TrainingFactory factory() {
        try {
            return (TrainingFactory) generated(train().packageName(), train().name() + "Factory")
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the generated factory of " + train().name() + " can't be made", e);
        }
    }

    /** A generated class. */
    Class<?> generated(String packageName, String name) throws ClassNotFoundException {
        return Class.forName(packageName.isEmpty() ? name : packageName + "." + name, true, loader);
    }

    /** A prediction of the section by the class of its model. */
    Prediction served(Prediction prediction) {
        return prediction.servedBy(
                training.models().get(index(prediction.model().name())).model());
    }

    /** The model of the section that draws pictures of random numbers, if there is one. */
    Optional<Drawing> drawing() {
        return Drawing.of(train())
                .map(d -> d.servedBy(
                        training.models().get(index(d.model().name())).model()));
    }

    /** The place of the model of that name among those of the section. */
    int index(String model) {
        return train().models().stream().map(TypedTrain.Trained::name).toList().indexOf(model);
    }
}
