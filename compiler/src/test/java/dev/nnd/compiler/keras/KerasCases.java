package dev.nnd.compiler.keras;

import dev.nnd.runtime.weights.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Files that Keras wrote, with what it computes; {@code make.py} beside them made them. */
final class KerasCases {

    static final Path FOLDER = Path.of("src/test/resources/keras");

    private KerasCases() {}

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".keras"))
                    .map(f -> f.substring(0, f.length() - ".keras".length()))
                    .sorted()
                    .toList();
        }
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(FOLDER.resolve(name));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static KerasFile h5(String name) {
        return KerasFile.h5(ByteBuffer.wrap(bytes(name + ".h5")));
    }

    /** The archive as the command reads it. */
    static KerasFile keras(String name) {
        return KerasFile.archive(
                part(name, "config.json"), part(name, "metadata.json"), ByteBuffer.wrap(weights(name)));
    }

    private static String part(String name, String entry) {
        return new String(entry(name, entry), StandardCharsets.UTF_8);
    }

    /** What {@code save_weights} writes: it lies in the archive. */
    static byte[] weights(String name) {
        return entry(name, "model.weights.h5");
    }

    private static byte[] entry(String name, String entry) {
        try (var zip = new ZipFile(FOLDER.resolve(name + ".keras").toFile())) {
            return zip.getInputStream(zip.getEntry(entry)).readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** An array of numbers. */
    record Array(List<Long> dims, float[] numbers) {}

    /** Inputs {@code x}, {@code x1} ... or outputs {@code y}, {@code y1} ... of a case. */
    static Map<String, Array> arrays(String name, char kind) {
        var found = new LinkedHashMap<String, Array>();
        try (var file = Safetensors.open(FOLDER.resolve(name + ".safetensors"))) {
            for (int i = 0; file.entries().containsKey(kind + (i == 0 ? "" : String.valueOf(i))); i++) {
                String key = kind + (i == 0 ? "" : String.valueOf(i));
                var entry = Objects.requireNonNull(file.entries().get(key));
                var data = file.bytes(entry);
                boolean whole = entry.encoding().name().equals("I32");
                var numbers = new float[(int) (data.byteSize() / 4)];
                for (int n = 0; n < numbers.length; n++) {
                    numbers[n] = whole
                            ? data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, n)
                            : data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, n);
                }
                found.put(key, new Array(entry.shape(), numbers));
            }
        }
        return found;
    }
}
