package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.profile.OpTime;
import dev.nnd.runtime.profile.Profile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** A model with random weights and inputs whose ops are timed. Integer inputs are 0, which is a valid index of any table. */
final class ProfiledModel implements AutoCloseable {

    private final String title;
    private final LoadedModel model;
    private final Profile profile;

    private ProfiledModel(String title, LoadedModel model, Profile profile) {
        this.title = title;
        this.model = model;
        this.profile = profile;
    }

    /** What was measured: nanoseconds of all runs, and of single ops. */
    record Times(long nanos, List<OpTime> ops) {}

    /**
     * Compiles a file and takes its model of that name.
     *
     * @param sizes of free dims; 1 where one is not given
     * @return nothing if the file has errors, which are then printed
     * @throws NndException if there is no such model or no such free dim
     */
    static Optional<ProfiledModel> load(
            Terminal terminal, Path file, String name, Map<String, Integer> sizes, Provider provider) {
        CompileResult result = new Compiler().compileTimed(SourceFiles.read(List.of(file)));
        if (new Findings(terminal, false).print(result.diagnostics()) != Nnd.FINE) {
            return Optional.empty();
        }
        CompiledFile.Model chosen = choose(file, result.programs().getFirst().models(), name);
        List<String> dims = List.copyOf(chosen.plan().freeDims());
        for (var entry : sizes.entrySet()) {
            if (!dims.contains(entry.getKey())) {
                throw new NndException(name + " has no free dim " + entry.getKey() + "; "
                        + (dims.isEmpty() ? "it has none." : "it has " + String.join(", ", dims) + "."));
            }
            if (entry.getValue() < 1) {
                throw new NndException(
                        "--dims needs sizes of at least 1, not " + entry.getKey() + "=" + entry.getValue() + ".");
            }
        }
        InMemoryJava java = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"));
        ClassLoader loader = java.loader(ProfiledModel.class.getClassLoader());
        var profile = new Profile();
        List<Long> bound =
                dims.stream().map(d -> (long) sizes.getOrDefault(d, 1)).toList();
        LoadedModel model = ScopedValue.where(Profile.CURRENT, profile)
                .call(() -> LoadedModel.initialized(chosen, loader, bound, provider));
        model.inputs().forEach(ProfiledModel::fill);
        String given =
                dims.stream().map(d -> " " + d + "=" + sizes.getOrDefault(d, 1)).collect(Collectors.joining());
        return Optional.of(new ProfiledModel(name + given, model, profile));
    }

    private static CompiledFile.Model choose(Path file, List<CompiledFile.Model> models, String name) {
        List<String> names = models.stream().map(m -> m.model().name()).toList();
        return models.stream()
                .filter(m -> m.model().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NndException(
                        file + " has no model `" + name + "` that has defaults for all its parameters"
                                + (names.isEmpty() ? "." : "; it has " + String.join(", ", names) + "."),
                        Spelling.nearest(name, names)
                                .map(n -> "did you mean `" + n + "`?")
                                .orElse(null),
                        null));
    }

    private static void fill(LoadedModel.Input input) {
        var random = new SplittableRandom(0);
        MemorySegment memory = input.memory();
        switch (input.dtype()) {
            case F32 -> {
                for (long i = 0; i < memory.byteSize() / Float.BYTES; i++) {
                    memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
                }
            }
            case F64 -> {
                for (long i = 0; i < memory.byteSize() / Double.BYTES; i++) {
                    memory.setAtIndex(ValueLayout.JAVA_DOUBLE, i, random.nextDouble(-1, 1));
                }
            }
            case BOOL -> memory.fill((byte) 1);
            case I64, I32, I8, U8, F16, BF16 -> memory.fill((byte) 0);
        }
    }

    /** What runs, with the sizes of free dims. */
    String title() {
        return title;
    }

    long arenaBytes() {
        return model.arenaBytes();
    }

    Times run(int warmup, int runs) {
        for (int i = 0; i < warmup; i++) {
            model.run();
        }
        profile.reset();
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            model.run();
        }
        return new Times(System.nanoTime() - start, profile.times());
    }

    @Override
    public void close() {
        model.close();
    }
}
