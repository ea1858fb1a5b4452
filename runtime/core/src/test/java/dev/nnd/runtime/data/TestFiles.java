package dev.nnd.runtime.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Makes data files; a name that ends in .gz is packed. */
public final class TestFiles {
    private TestFiles() {}

    /** Writes bytes. */
    public static Path write(Path file, byte[] bytes) {
        try {
            var packed = file.toString().endsWith(".gz") ? gzip(bytes) : bytes;
            return Files.write(file, packed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes UTF-8 text. */
    public static Path write(Path file, String text) {
        return write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /** An IDX file of unsigned bytes. */
    static byte[] idx(byte[] content, int... dims) {
        var buffer = ByteBuffer.allocate(4 + 4 * dims.length + content.length);
        buffer.put(new byte[] {0, 0, 8, (byte) dims.length});
        Arrays.stream(dims).forEach(buffer::putInt);
        return buffer.put(content).array();
    }
}
