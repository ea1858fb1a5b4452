package dev.nnd.runtime.weights;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file, memory-mapped and read-only. The header is checked as a whole before anything else is read.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">the format</a>
 */
public final class Safetensors implements AutoCloseable {

    /** The largest header that the format allows. */
    static final long MAXIMUM_HEADER = 100_000_000;

    /** So many elements are in memory both as the file has them and as floats. */
    private static final long PIECE = 1 << 20;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final HeaderReader.Header header;
    private final Arena arena;
    private final MemorySegment data;

    private Safetensors(Path file, HeaderReader.Header header, Arena arena, MemorySegment data) {
        this.file = file;
        this.header = header;
        this.arena = arena;
        this.data = data;
    }

    /**
     * Opens a file.
     *
     * @throws NndException if it can't be read, or its header breaks a rule of the format
     */
    public static Safetensors open(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return open(file, channel);
        } catch (HeaderReader.Malformed malformed) {
            throw new NndException(
                    file + " is not a safetensors file that can be trusted: " + malformed.getMessage() + ".",
                    "save the weights again, or get the file anew",
                    malformed);
        } catch (NoSuchFileException absent) {
            throw new NndException("There is no file " + file + ".", absent);
        } catch (IOException failed) {
            throw new NndException(file + " can't be read: " + failed.getMessage() + ".", failed);
        }
    }

    private static Safetensors open(Path file, FileChannel channel) throws IOException, HeaderReader.Malformed {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new HeaderReader.Malformed("it has only " + size + " bytes");
        }
        var prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, prefix, 0);
        long length = prefix.getLong(0);
        if (length < 0 || length > Math.min(MAXIMUM_HEADER, size - Long.BYTES)) {
            throw new HeaderReader.Malformed(
                    "its header claims " + Long.toUnsignedString(length) + " bytes, the file has " + size);
        }
        var bytes = ByteBuffer.allocate((int) length);
        readFully(channel, bytes, Long.BYTES);
        long start = Long.BYTES + length;
        var header = HeaderReader.read(bytes.array(), size - start);
        var arena = Arena.ofShared();
        try {
            var data = channel.map(FileChannel.MapMode.READ_ONLY, start, size - start, arena);
            return new Safetensors(file, header, arena, data);
        } catch (IOException | RuntimeException failed) {
            arena.close();
            throw failed;
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) < 0) {
                throw new IOException("it ends early");
            }
        }
    }

    /** Where it was read from. */
    public Path file() {
        return file;
    }

    /** What the writer noted. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** The tensors by name, in the order of their bytes. */
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(header.entries());
    }

    /** The bytes of a tensor in the mapped file, little-endian; gone once this is closed. */
    public MemorySegment bytes(Entry entry) {
        return data.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    /**
     * Copies a tensor of dtype F32, F64, F16 or BF16 as native floats.
     *
     * @param out {@code entry.elements()} floats
     * @throws NndException if the tensor has another dtype
     */
    public void readFloats(Entry entry, MemorySegment out) {
        var bytes = bytes(entry);
        long width = entry.encoding().bytes();
        for (long at = 0; at < entry.elements(); at += PIECE) {
            long count = Math.min(PIECE, entry.elements() - at);
            var piece = bytes.asSlice(at * width, count * width);
            floats(entry, piece, out.asSlice(at * Float.BYTES, count * Float.BYTES), count);
            // Else the process holds the weights twice until the file is closed.
            piece.unload();
        }
    }

    private void floats(Entry entry, MemorySegment from, MemorySegment out, long count) {
        switch (entry.encoding()) {
            case F32 -> MemorySegment.copy(from, FLOAT, 0, out, ValueLayout.JAVA_FLOAT, 0, count);
            case F64 -> {
                for (long i = 0; i < count; i++) {
                    out.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) from.getAtIndex(DOUBLE, i));
                }
            }
            case F16 -> {
                for (long i = 0; i < count; i++) {
                    out.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.float16ToFloat(from.getAtIndex(SHORT, i)));
                }
            }
            case BF16 -> {
                for (long i = 0; i < count; i++) {
                    float value = Float.intBitsToFloat(from.getAtIndex(SHORT, i) << 16);
                    out.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                }
            }
            case BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, I32, U32, I64, U64 ->
                throw new NndException(file + " holds " + entry.name() + " as " + entry.encoding()
                        + ", which is not a floating-point type that can be read (F32, F64, F16, BF16).");
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
