package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors of a safetensors file that nnd has written: f32 only. Reads without any of nnd's classes, since peers use it. */
public final class Weights {

    private static final int CHUNK = 1 << 20;

    private static final Pattern ENTRY = Pattern.compile(
            "\"([^\"]+)\":\\{\"dtype\":\"F32\",\"shape\":\\[([0-9,]*)\\],\"data_offsets\":\\[(\\d+),(\\d+)\\]\\}");

    /** A tensor: row-major values under their dims. */
    public record Entry(String name, long[] dims, long from, long bytes) {

        public int elements() {
            return Math.toIntExact(bytes / Float.BYTES);
        }
    }

    private final Path file;
    private final long start;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private Weights(Path file, long start) {
        this.file = file;
        this.start = start;
    }

    /** Reads the names and shapes. */
    public static Weights open(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            int length = Math.toIntExact(read(channel, 0, buffer(8)).getLong());
            String header = StandardCharsets.UTF_8
                    .decode(read(channel, 8, buffer(length)))
                    .toString()
                    .replaceAll("\\s(?=[\"\\[\\]{}:,0-9])", "");
            var weights = new Weights(file, 8L + length);
            Matcher entry = ENTRY.matcher(header);
            while (entry.find()) {
                long from = Long.parseLong(entry.group(3));
                weights.entries.put(
                        entry.group(1),
                        new Entry(entry.group(1), parse(entry.group(2)), from, Long.parseLong(entry.group(4)) - from));
            }
            return weights;
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long[] parse(String words) {
        return words.isEmpty()
                ? new long[0]
                : Arrays.stream(words.split(",", -1)).mapToLong(Long::parseLong).toArray();
    }

    /** Fills the buffer up to its limit and flips it. */
    private static ByteBuffer read(FileChannel channel, long at, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("the weights file ends early");
            }
        }
        return buffer.flip();
    }

    /** All of them, in the order of the file. */
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** Whether there is a tensor of this name. */
    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** The dims of a tensor. */
    public long[] dims(String name) {
        return entry(name).dims();
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(file + " has no " + name + "; it has " + entries.keySet());
        }
        return entry;
    }

    /** The values of a tensor, row-major. */
    public float[] values(String name) {
        var values = new float[entry(name).elements()];
        var at = new int[1];
        chunks(name, chunk -> {
            int count = chunk.remaining() / Float.BYTES;
            chunk.asFloatBuffer().get(values, at[0], count);
            at[0] += count;
        });
        return values;
    }

    /** Copies the values of a tensor to native memory, without an array between. */
    public void copy(String name, ByteBuffer to) {
        ByteBuffer target = to.duplicate();
        chunks(name, target::put);
    }

    /** In small pieces, so that reading leaves no mark in the process's peak of memory. */
    private void chunks(String name, Consumer<ByteBuffer> consumer) {
        Entry entry = entry(name);
        var buffer = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        try (var channel = FileChannel.open(file)) {
            for (long done = 0; done < entry.bytes(); done += CHUNK) {
                buffer.clear().limit((int) Math.min(CHUNK, entry.bytes() - done));
                read(channel, start + entry.from() + done, buffer);
                consumer.accept(buffer);
            }
        } catch (IOException failed) {
            throw new IllegalStateException(file + " can't be read", failed);
        }
    }
}
