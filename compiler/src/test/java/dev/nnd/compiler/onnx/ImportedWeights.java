package dev.nnd.compiler.onnx;

import dev.nnd.runtime.weights.Encoding;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.nio.file.Path;

/** Writes the weights of an imported model as the command does. */
final class ImportedWeights {

    private ImportedWeights() {}

    static void write(Imported imported, Path file) {
        var writer = new SafetensorsWriter();
        imported.weights()
                .forEach((name, data) -> writer.addLittleEndian(
                        name,
                        Encoding.valueOf(data.dtype().name()),
                        data.dims().stream().mapToLong(Long::longValue).toArray(),
                        data.bytes()));
        writer.write(file);
    }
}
