package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.WeightMapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Where models find the weights that they start from. */
public final class Pretrained {

    private final Path folder;
    private final Consumer<String> warnings;

    /** Files in {@code folder}, else in the working directory. */
    public Pretrained(Path folder, Consumer<String> warnings) {
        this.folder = folder;
        this.warnings = warnings;
    }

    /**
     * A rule that names of a file follow; see {@link WeightMapping}.
     *
     * @param file a pattern of names in the file
     * @param here what they are in the model
     */
    public record Mapping(String file, String here) {}

    /**
     * Gives parameters the values of a file.
     *
     * @param prefix what stands in front of the parameters' names, but not of those in the file
     * @param whole whether the file must have all of them; else a whole layer may be missing, which then starts anew
     * @throws NndException if the file is not there, or a name or a shape is not as expected
     */
    public void load(ParameterSet parameters, String file, String prefix, boolean whole, Mapping... mapping) {
        var names = new WeightMapping();
        for (var entry : mapping) {
            names.add(entry.file(), entry.here());
        }
        parameters.loadPart(find(file), prefix, names, whole).forEach(warnings);
    }

    /**
     * Gives the weights below a model's adapters the values of a file.
     *
     * @param alpha the adapters' strength
     * @param moved the buffers that training changes
     * @throws NndException if the file is not there, or a name or a shape is not as expected
     */
    public void adapt(ParameterSet parameters, String file, double alpha, List<String> moved, Mapping... mapping) {
        var names = new LinkedHashMap<String, String>();
        for (var entry : mapping) {
            names.putIfAbsent(entry.file(), entry.here());
        }
        parameters.adapt(find(file), alpha, Set.copyOf(moved), names).forEach(warnings);
    }

    private Path find(String file) {
        for (Path place : List.of(folder.resolve(file), Path.of(file))) {
            if (Files.isRegularFile(place)) {
                return place;
            }
        }
        throw new NndException(
                "The weights " + file + " are neither in "
                        + folder.toAbsolutePath().normalize() + " nor in "
                        + Path.of("").toAbsolutePath() + ".",
                "put the file beside the data, or give its folder with --data DIR",
                null);
    }
}
