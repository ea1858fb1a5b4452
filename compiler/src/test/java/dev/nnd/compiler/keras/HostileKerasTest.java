package dev.nnd.compiler.keras;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.nnd.compiler.Seed;
import dev.nnd.compiler.onnx.OnnxImport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Files of Keras with a few bytes changed, cut away, doubled or swapped, or with a number made huge: each gives a model or one
 * sentence, and allocates no more than an honest file of its size may. {@code -Dnnd.fuzz=N} tries N, {@code -Dnnd.seed=N} the
 * same again.
 */
class HostileKerasTest {

    /** The reader's own bound for a file of any size, twice, and the checker with its library. */
    private static final long MOST_BYTES = 600L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void damagedFilesGiveAModelOrOneSentence() throws IOException {
        long seed = Seed.fresh();
        var random = new Random(seed);
        List<String> names = KerasCases.names();
        int turns = Integer.getInteger("nnd.fuzz", 600);
        int told = 0;
        for (int turn = 0; turn < turns; turn++) {
            String name = names.get(random.nextInt(names.size()));
            boolean whole = random.nextInt(4) == 0;
            byte[] bytes = damaged(whole ? KerasCases.bytes(name + ".h5") : KerasCases.weights(name), random);
            String which = "seed " + seed + ", turn " + turn + ", " + name + ": ";
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                if (whole) {
                    KerasImport.read(() -> KerasFile.h5(ByteBuffer.wrap(bytes)), OnnxImport.Options.named("Net"));
                } else {
                    KerasImport.weights(() -> KerasFile.h5(ByteBuffer.wrap(bytes)));
                }
            } catch (KerasProblem problem) {
                told++;
                assertFalse(problem.message().isBlank(), which + "no sentence");
                assertFalse(problem.message().contains("\n"), which + problem.message());
            } catch (RuntimeException | Error bug) {
                throw new AssertionError(which + bug, bug);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MOST_BYTES, which + allocated + " bytes");
        }
        assertTrue(told > turns / 10, "seed " + seed + ": hardly any was refused");
    }

    /** Most bytes of such a file are padding, so the places that are changed are near those that are not zero. */
    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int at = random.nextInt(bytes.length);
        while (bytes[at] == 0) {
            at = random.nextInt(bytes.length);
        }
        int length = Math.min(1 + random.nextInt(40), bytes.length - at);
        switch (random.nextInt(7)) {
            case 0 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
            case 4 -> Arrays.fill(bytes, at, at + length, (byte) 0xff);
            case 5 -> {
                // A place or size that is another one of the file.
                int word = Math.min(at & ~7, bytes.length - 8);
                int other = random.nextInt(bytes.length / 8) * 8;
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(word, other);
            }
            default -> {
                for (int i = 0; i < 4; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }
}
