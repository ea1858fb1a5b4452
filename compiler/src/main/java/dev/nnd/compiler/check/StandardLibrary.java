package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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

    /** Parses the declarations between two places of a text. */
    @FunctionalInterface
    public interface Stretches {
        /** The file with these declarations only. */
        NndFile parse(SourceFile source, int start, int end);
    }

    private static final List<String> TRAINING =
            List.of("training/optimizers.nnd", "training/schedules.nnd", "training/adapters.nnd");

    private final List<LibraryFile> files;
    private final List<LibraryFile> training;

    private StandardLibrary(List<LibraryFile> files, List<LibraryFile> training) {
        this.files = files;
        this.training = training;
    }

    /**
     * The library. Its declarations are parsed when they are asked for; the parser must give a tree for every stretch of
     * its files, since the library has no errors.
     */
    public static StandardLibrary load(Stretches parser) {
        return new StandardLibrary(read(NAMES, parser), read(TRAINING, parser));
    }

    private static List<LibraryFile> read(List<String> names, Stretches parser) {
        var files = new ArrayList<LibraryFile>();
        names.forEach(name -> files.add(new LibraryFile(read(name), parser)));
        return List.copyOf(files);
    }

    /** Its files, in a fixed order, parsed as a whole. */
    public List<NndFile> files() {
        return files.stream().map(LibraryFile::whole).toList();
    }

    /** Where to find the declarations that files have no need to name. */
    List<LibraryFile> general() {
        return files;
    }

    /**
     * Optimizers, schedules and adapters: functions whose result is {@code optimizer}, {@code schedule} or {@code adapter} and whose body is what
     * their arguments require. Their names hold in {@code using} only, so they take none from users.
     */
    List<LibraryFile> training() {
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
