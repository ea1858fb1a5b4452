package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** The library that comes with the compiler: .nnd files on the class path, beside this class's module. */
public final class StandardLibrary {

    private static final String PREFIX = "nnd/std/";
    private static final String FOLDER = "/" + PREFIX;
    private static final List<String> NAMES = List.of(
            "activations.nnd",
            "adapters.nnd",
            "attention.nnd",
            "convolution.nnd",
            "embedding.nnd",
            "layers.nnd",
            "losses.nnd",
            "math.nnd",
            "metrics.nnd",
            "normalization.nnd",
            "pooling.nnd",
            "recurrent.nnd",
            "experts.nnd",
            "feedforward.nnd",
            "transformer.nnd",
            "vision.nnd");

    private static final List<String> TRAINING = List.of("training/optimizers.nnd", "training/schedules.nnd");

    private final List<NndFile> files;
    private final List<NndFile> training;

    private StandardLibrary(List<NndFile> files, List<NndFile> training) {
        this.files = files;
        this.training = training;
    }

    /** Reads and parses the library; the parser must give a tree for every file, since the library has no errors. */
    public static StandardLibrary load(Function<SourceFile, NndFile> parser) {
        return new StandardLibrary(read(NAMES, parser), read(TRAINING, parser));
    }

    private static List<NndFile> read(List<String> names, Function<SourceFile, NndFile> parser) {
        return names.stream().map(StandardLibrary::read).map(parser).toList();
    }

    /** Its files, in a fixed order. */
    public List<NndFile> files() {
        return files;
    }

    /**
     * Optimizers and schedules: functions whose result is {@code optimizer} or {@code schedule} and whose body is what
     * their arguments require. Their names hold in {@code using} only, so they take none from users.
     */
    public List<NndFile> training() {
        return training;
    }

    /** True for a file of the library. */
    static boolean holds(SourceFile file) {
        return file.name().startsWith(PREFIX);
    }

    private static SourceFile read(String name) {
        try (InputStream in = StandardLibrary.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the compiler's jar lacks " + FOLDER + name);
            }
            return new SourceFile(PREFIX + name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
