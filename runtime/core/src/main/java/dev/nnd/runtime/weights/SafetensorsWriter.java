package dev.nnd.runtime.weights;

import dev.nnd.runtime.NndException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes safetensors files. The same tensors give the same bytes. A reader of the path sees the old file
 * or the whole new one, even after a power failure: a temporary file beside it is written, forced to disk and moved.
 */
public final class SafetensorsWriter {

    /** One tensor; the numbers come in the byte order of the machine, or of the file. */
    private record Planned(
            String name,
            Encoding encoding,
            long[] shape,
            long bytes,
            boolean littleEndian,
            Consumer<MemorySegment> fill) {}

    private final Map<String, String> metadata = new TreeMap<>();
    private final List<Planned> tensors = new ArrayList<>();
    private final HashSet<String> names = new HashSet<>();

    /** Notes something for readers; keys are written in alphabetical order. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor behind those added so far.
     *
     * @param fill writes the elements, row-major native floats, into a segment of exactly that size
     */
    public SafetensorsWriter add(String name, long[] shape, Consumer<MemorySegment> fill) {
        return add(name, Encoding.F32, shape, false, fill);
    }

    /**
     * Adds a tensor of any dtype behind those added so far.
     *
     * @param bytes the elements, row-major and little-endian
     */
    public SafetensorsWriter addLittleEndian(String name, Encoding encoding, long[] shape, ByteBuffer bytes) {
        MemorySegment elements = MemorySegment.ofBuffer(bytes.duplicate().clear());
        return add(name, encoding, shape, true, into -> into.copyFrom(elements));
    }

    private SafetensorsWriter add(
            String name, Encoding encoding, long[] shape, boolean littleEndian, Consumer<MemorySegment> fill) {
        if (!names.add(name) || name.equals("__metadata__")) {
            throw new IllegalArgumentException("two tensors named " + name);
        }
        long bytes = encoding.bytes();
        for (long dim : shape) {
            bytes = Math.multiplyExact(bytes, dim);
        }
        tensors.add(new Planned(name, encoding, shape.clone(), bytes, littleEndian, fill));
        return this;
    }

    /**
     * Writes the file; missing parent folders are made.
     *
     * @throws NndException if that fails; the path then still holds what it held before
     */
    public void write(Path file) {
        var target = file.toAbsolutePath();
        var temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(target.getParent());
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeAll(channel);
                channel.force(true);
            }
            move(temporary, target);
        } catch (IOException | UncheckedIOException failed) {
            throw new NndException(file + " can't be written: " + failed.getMessage() + ".", failed);
        } finally {
            deleteIfThere(temporary);
        }
    }

    private void writeAll(FileChannel channel) throws IOException {
        var header = header();
        var prefix =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
        writeFully(channel, prefix);
        writeFully(channel, ByteBuffer.wrap(header));
        for (var tensor : tensors) {
            try (var arena = Arena.ofConfined()) {
                var values = arena.allocate(tensor.bytes(), Long.BYTES);
                tensor.fill().accept(values);
                if (!tensor.littleEndian()) {
                    toLittleEndian(values);
                }
                for (long at = 0; at < tensor.bytes(); at += Integer.MAX_VALUE & ~7) {
                    long length = Math.min(tensor.bytes() - at, Integer.MAX_VALUE & ~7);
                    writeFully(channel, values.asSlice(at, length).asByteBuffer());
                }
            }
        }
    }

    private static void toLittleEndian(MemorySegment values) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            var little = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < values.byteSize() / Float.BYTES; i++) {
                values.setAtIndex(little, i, values.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
        }
    }

    /** The JSON, padded with spaces so that the data starts at a multiple of eight bytes. */
    private byte[] header() {
        var bytes = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart("__metadata__");
                metadata.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long at = 0;
            for (var tensor : tensors) {
                writeEntry(json, tensor, at);
                at = Math.addExact(at, tensor.bytes());
            }
            json.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > Safetensors.MAXIMUM_HEADER) {
            throw new NndException("There are too many tensors for one safetensors file: its header would have "
                    + bytes.size() + " bytes.");
        }
        return bytes.toByteArray();
    }

    private static void writeEntry(JsonGenerator json, Planned tensor, long begin) {
        json.writeObjectPropertyStart(tensor.name());
        json.writeStringProperty("dtype", tensor.encoding().name());
        json.writeArrayPropertyStart("shape");
        for (long dim : tensor.shape()) {
            json.writeNumber(dim);
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("data_offsets");
        json.writeNumber(begin);
        json.writeNumber(begin + tensor.bytes());
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void move(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException unusual) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
        // Makes the new name durable; not every system lets a folder be opened, and then it does so by itself.
        try (var folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException notHere) {
            return;
        }
    }

    private static void deleteIfThere(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException left) {
            temporary.toFile().deleteOnExit();
        }
    }
}
