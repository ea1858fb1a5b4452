package dev.nnd.compiler.keras;

import dev.nnd.compiler.hdf5.Group;
import dev.nnd.compiler.hdf5.Hdf5File;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a file of Keras holds.
 *
 * @param config the description of the model as JSON; files of weights have none
 * @param version the major version of the Keras that wrote it
 * @param root the arrays
 */
public record KerasFile(Optional<String> config, int version, Group root) {

    private static final int OLD = 2;
    private static final int NEW = 3;

    /** A file {@code .h5}. */
    public static KerasFile h5(ByteBuffer bytes) {
        Group root = Hdf5File.of(bytes).root();
        Optional<String> version =
                root.text("keras_version").or(() -> root.group("model_weights").flatMap(g -> g.text("keras_version")));
        return new KerasFile(root.text("model_config"), major(version, root.has("layers") ? NEW : OLD), root);
    }

    /** The parts of a file {@code .keras}. */
    public static KerasFile archive(String config, String metadata, ByteBuffer weights) {
        Optional<String> version = metadata.isEmpty()
                ? Optional.empty()
                : Optional.of(Json.object(metadata).text("keras_version", ""));
        return new KerasFile(
                Optional.of(config), major(version, NEW), Hdf5File.of(weights).root());
    }

    private static int major(Optional<String> version, int otherwise) {
        return version.filter(v -> v.matches("\\d\\..*"))
                .map(v -> v.charAt(0) - '0')
                .orElse(otherwise);
    }

    Store store() {
        return NumberedStore.of(root)
                .<Store>map(s -> s)
                .or(() -> NamedStore.of(root))
                .orElseThrow(() -> new KerasProblem(
                        "it is an HDF5 file, but none that Keras wrote: it has neither `layers` nor `layer_names`"));
    }
}
