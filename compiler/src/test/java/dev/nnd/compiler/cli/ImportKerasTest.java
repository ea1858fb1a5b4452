package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nnd import} with files of Keras. */
class ImportKerasTest {

    private static final Path CASES = Path.of("src/test/resources/keras");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private int imported(Path file, String... more) {
        var words = new java.util.ArrayList<>(
                List.of("import", file.toString(), "-d", folder.resolve("out").toString()));
        words.addAll(List.of(more));
        return nnd(words.toArray(String[]::new));
    }

    private void refused(Path file, String sentence, String... more) throws IOException {
        assertEquals(1, imported(file, more), out::toString);
        assertTrue(err.toString().contains(sentence), err::toString);
        assertFalse(err.toString().contains("\tat "), err::toString);
        if (Files.exists(folder.resolve("out"))) {
            try (Stream<Path> written = Files.list(folder.resolve("out"))) {
                assertEquals(List.of(), written.toList());
            }
        }
    }

    /** An archive with other entries. */
    private Path archive(String config, byte[] weights) throws IOException {
        Path file = folder.resolve("made.keras");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.write(config.getBytes(StandardCharsets.UTF_8));
            if (weights.length > 0) {
                zip.putNextEntry(new ZipEntry("model.weights.h5"));
                zip.write(weights);
            }
        }
        return file;
    }

    private static byte[] entry(String name, String entry) throws IOException {
        try (var zip = new ZipFile(CASES.resolve(name + ".keras").toFile());
                InputStream in = zip.getInputStream(Objects.requireNonNull(zip.getEntry(entry)))) {
            return in.readAllBytes();
        }
    }

    private static String config(String name) throws IOException {
        return new String(entry(name, "config.json"), StandardCharsets.UTF_8);
    }

    @Test
    void writesAReadableTextThatChecks() throws IOException {
        assertEquals(0, imported(CASES.resolve("cnn.keras")), err::toString);
        String text = Files.readString(folder.resolve("out/cnn.nnd"));
        assertTrue(text.contains("-> Conv2d(4, kernel: 3) as c1\n    -> relu"), text);
        assertTrue(text.contains("-> Dropout(0.3)"), text);
        assertTrue(text.contains("BatchNorm(eps: 0.001, momentum: 0.01)"), text);
        assertTrue(out.toString().contains("channels last"), out::toString);
        assertEquals(0, nnd("check", folder.resolve("out/cnn.nnd").toString()), err::toString);
    }

    @Test
    void weightsAloneGoWhereNoNetworkIs() throws IOException {
        Path bare = folder.resolve("bare.weights.h5");
        Files.write(bare, entry("text", "model.weights.h5"));
        assertEquals(0, imported(bare), err::toString);
        assertTrue(out.toString().contains("no config"), out::toString);
        assertTrue(Files.exists(folder.resolve("out/bare_weights.safetensors")));
        assertFalse(Files.exists(folder.resolve("out/bare_weights.nnd")));
        Path written = folder.resolve("out/text.safetensors");
        assertEquals(0, imported(CASES.resolve("text.h5"), "--weights"), err::toString);
        byte[] old = Files.readAllBytes(written);
        assertEquals(0, imported(CASES.resolve("text.keras"), "--weights"), err::toString);
        assertArrayEquals(old, Files.readAllBytes(written));
        assertEquals(old.length, Files.size(folder.resolve("out/bare_weights.safetensors")));
    }

    @Test
    void namesTheLayerThatIsNotSupported() throws IOException {
        String config = config("cnn").replace("\"class_name\": \"MaxPooling2D\"", "\"class_name\": \"Lambda\"");
        refused(
                archive(config, entry("cnn", "model.weights.h5")),
                "layer `max_pooling2d` (Lambda): this class of layers is not supported");
    }

    @Test
    void masksAreNotDropped() throws IOException {
        String config = config("text").replace("\"mask_zero\": false", "\"mask_zero\": true");
        refused(
                archive(config, entry("text", "model.weights.h5")),
                "layer `embedding` (Embedding): `mask_zero` makes a mask that layer `bidirectional` (Bidirectional)");
    }

    @Test
    void brokenFilesGiveOneSentence() throws IOException {
        refused(archive(config("cnn"), new byte[0]), "has no model.weights.h5 in it");
        refused(archive("{\"class_name\"", new byte[8]), "is no HDF5 file");
        refused(archive("{\"class_name\"", entry("cnn", "model.weights.h5")), "its config is no JSON");
        byte[] whole = Files.readAllBytes(CASES.resolve("cnn.h5"));
        Path cut = folder.resolve("cut.h5");
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        refused(cut, "it is cut off or damaged");
        Path other = folder.resolve("other.h5");
        Files.writeString(other, "no HDF5 at all");
        refused(other, "is neither an HDF5 file nor a .keras archive");
        refused(archive(config("text"), entry("cnn", "model.weights.h5")), "the file has no array `embeddings` for it");
    }

    /** A megabyte of zeros for each kilobyte of the file. */
    @Test
    void archivesDoNotGrowWithoutBound() throws IOException {
        refused(archive(config("cnn"), new byte[128 << 20]), "is larger than a file of its size can have");
    }

    @Test
    void listsTheLayers() {
        assertEquals(0, nnd("import", "--layers"));
        assertTrue(out.toString().contains("SeparableConv2D"), out::toString);
    }
}
