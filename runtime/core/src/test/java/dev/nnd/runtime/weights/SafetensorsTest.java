package dev.nnd.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

    @TempDir
    private Path folder;

    private static SafetensorsWriter writer(float[] values) {
        return new SafetensorsWriter()
                .metadata("nnd.model", "test \"quoted\" ünïcode")
                .add(
                        "a.weight",
                        new long[] {2, 3},
                        out -> MemorySegment.copy(values, 0, out, ValueLayout.JAVA_FLOAT, 0, 6))
                .add("empty", new long[] {0, 5}, out -> assertEquals(0, out.byteSize()))
                .add("scalar", new long[] {}, out -> out.set(ValueLayout.JAVA_FLOAT, 0, values[0]));
    }

    private static float[] floats(Safetensors file, String name) {
        var entry = Objects.requireNonNull(file.entries().get(name), name);
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_FLOAT, entry.elements());
            file.readFloats(entry, out);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Test
    void readsWhatItWroteAndTheSameBytesEachTime() throws IOException {
        var values = new float[] {1, -2.5f, Float.NaN, Float.MIN_VALUE, -0f, Float.POSITIVE_INFINITY};
        var file = folder.resolve("deep/er/weights.safetensors");
        writer(values).write(file);
        var bytes = Files.readAllBytes(file);
        writer(values).write(file);
        assertArrayEquals(bytes, Files.readAllBytes(file));
        try (var all = Files.list(file.getParent())) {
            assertEquals(List.of(file), all.toList(), "a temporary file was left");
        }
        try (var read = Safetensors.open(file)) {
            assertEquals("test \"quoted\" ünïcode", read.metadata().get("nnd.model"));
            assertEquals(
                    List.of("a.weight", "empty", "scalar").size(),
                    read.entries().size());
            assertArrayEquals(values, floats(read, "a.weight"));
            assertArrayEquals(new float[] {1}, floats(read, "scalar"));
            assertEquals(0, floats(read, "empty").length);
        }
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        assertEquals(0, header % 8, "the data is not aligned");
    }

    @Test
    void widensHalvesAndNarrowsDoubles() throws IOException {
        String header = "{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[6,14]},"
                + "\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[14,18]}}";
        var data = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort(Float.floatToFloat16(1.5f)).putShort(Float.floatToFloat16(-65504));
        data.putShort((short) (Float.floatToIntBits(-3.25f) >>> 16))
                .putDouble(0.1)
                .putInt(7);
        try (var read = Safetensors.open(write(header, data.array()))) {
            assertArrayEquals(new float[] {1.5f, -65504}, floats(read, "h"));
            assertArrayEquals(new float[] {-3.25f}, floats(read, "b"));
            assertArrayEquals(new float[] {0.1f}, floats(read, "d"));
            var problem = assertThrows(NndException.class, () -> floats(read, "i"));
            assertTrue(problem.getMessage().contains("I32"), problem.getMessage());
        }
    }

    @Test
    void readsInPieces() throws IOException {
        int count = (1 << 20) + 5;
        String header =
                "{\"b\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]},\"f\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]}}"
                        .formatted(count, 2 * count, count, 2 * count, 6 * count);
        var data = ByteBuffer.allocate(6 * count).order(ByteOrder.LITTLE_ENDIAN);
        var halves = new float[count];
        var whole = new float[count];
        for (int i = 0; i < count; i++) {
            halves[i] = i % 256;
            data.putShort((short) (Float.floatToIntBits(halves[i]) >>> 16));
        }
        for (int i = 0; i < count; i++) {
            whole[i] = i;
            data.putFloat(whole[i]);
        }
        try (var read = Safetensors.open(write(header, data.array()))) {
            for (int again = 0; again < 2; again++) {
                assertArrayEquals(halves, floats(read, "b"));
                assertArrayEquals(whole, floats(read, "f"));
            }
        }
    }

    private Path write(String header, byte[] data) throws IOException {
        var text = header.getBytes(StandardCharsets.UTF_8);
        return write(text.length, text, data);
    }

    private Path write(long claimed, byte[] header, byte[] data) throws IOException {
        var bytes = ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(claimed).put(header).put(data);
        return Files.write(folder.resolve("hostile.safetensors"), bytes.array());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]|not a JSON object",
                "{|not JSON",
                "{\"a\":1}|not an object",
                "{\"a\":{}}|needs dtype",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|needs 8 bytes",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|leave a gap",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}|outside the file",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|end at byte 4",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|overlap",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|needs 8 bytes",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|negative",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}|too large",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[9999999999999999999999],\"data_offsets\":[0,8]}}|64 bits",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}|whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}|more than 2",
                "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}|unknown dtype \"F31\"",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}|unknown key",
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|two dtype",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|two"
                        + " tensors named \"a\"",
                "{\"__metadata__\":{\"k\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|not a"
                        + " string",
                "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|two"
                        + " __metadata__",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} {}|follows",
            })
    void refusesAHostileHeader(String header, String expected) throws IOException {
        var file = write(header, new byte[8]);
        var problem =
                assertThrows(NndException.class, () -> Safetensors.open(file).close());
        assertTrue(problem.getMessage().contains(expected), problem.getMessage());
        assertTrue(problem.getMessage().contains(file.toString()), problem.getMessage());
        assertTrue(problem.getMessage().length() < 500 + file.toString().length(), problem.getMessage());
    }

    @Test
    void refusesAHeaderThatClaimsTooMuch() throws IOException {
        var header = "{}".getBytes(StandardCharsets.UTF_8);
        for (long claimed : new long[] {3, 100_000_001, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            var file = write(claimed, header, new byte[0]);
            assertThrows(NndException.class, () -> Safetensors.open(file).close(), "claimed " + claimed);
        }
        var tiny = Files.write(folder.resolve("tiny"), new byte[5]);
        assertThrows(NndException.class, () -> Safetensors.open(tiny).close());
        assertThrows(
                NndException.class,
                () -> Safetensors.open(folder.resolve("absent")).close());
    }

    /** Whatever bytes are flipped, the answer is a file that can be read within its bounds, or one plain exception. */
    @Test
    void survivesRandomDamage() throws IOException {
        long seed = Seed.fresh();
        var random = new Random(seed);
        var file = folder.resolve("damaged.safetensors");
        writer(new float[] {1, 2, 3, 4, 5, 6}).write(file);
        var good = Files.readAllBytes(file);
        for (int round = 0; round < 300; round++) {
            var bad = good.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bad);
            try (var read = Safetensors.open(file)) {
                for (String name : read.entries().keySet()) {
                    floats(read, name);
                }
            } catch (NndException refused) {
                assertTrue(!String.valueOf(refused.getMessage()).isEmpty(), "seed " + seed);
            }
        }
    }

    @Test
    void leavesTheOldFileWhenWritingFails() throws IOException {
        var file = folder.resolve("kept.safetensors");
        writer(new float[] {1, 2, 3, 4, 5, 6}).write(file);
        var good = Files.readAllBytes(file);
        var failing = new SafetensorsWriter().add("a", new long[] {1}, out -> {
            throw new IllegalStateException("on purpose");
        });
        assertThrows(IllegalStateException.class, () -> failing.write(file));
        assertArrayEquals(good, Files.readAllBytes(file));
        try (var all = Files.list(folder)) {
            assertEquals(List.of(file), all.toList());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new SafetensorsWriter()
                        .add("a", new long[] {1}, out -> {})
                        .add("a", new long[] {1}, out -> {}));
    }
}
