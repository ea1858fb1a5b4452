package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.nnd.compiler.Seed;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Real models with a few bytes changed, cut away, doubled or swapped: each gives a model or one sentence, and allocates no more
 * than an honest file of its size. {@code -Dnnd.fuzz=N} tries N, {@code -Dnnd.seed=N} the same again.
 */
class HostileModelsTest {

    /** The checker with its library, and tensors of up to a million elements that are computed with. */
    private static final long MOST_BYTES = 400L << 20;

    private static final long MOST_BYTES_EACH = 400;

    private static final int LARGEST_MODEL = 60_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void damagedModelsGiveAModelOrOneSentence() throws IOException {
        assumeTrue(Files.isDirectory(OnnxCase.shared()), "there is no folder ../shared/data with models");
        long seed = Seed.fresh();
        var random = new Random(seed);
        List<Path> models = models();
        int turns = Integer.getInteger("nnd.fuzz", 150);
        int told = 0;
        for (int turn = 0; turn < turns; turn++) {
            Path file = models.get(random.nextInt(models.size()));
            byte[] damaged = damaged(Files.readAllBytes(file), random);
            String which = "seed " + seed + ", turn " + turn + ", " + file + ": ";
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                OnnxImport.read(damaged, OnnxImport.Options.named("Net"));
            } catch (OnnxProblem problem) {
                told++;
                assertFalse(problem.message().isBlank(), which + "no sentence");
                assertFalse(problem.message().contains("\n"), which + problem.message());
            } catch (RuntimeException | Error bug) {
                throw new AssertionError(which + bug, bug);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MOST_BYTES + MOST_BYTES_EACH * damaged.length, which + allocated + " bytes");
        }
        assertTrue(told > turns / 10, "seed " + seed + ": hardly any was refused");
    }

    private static List<Path> models() throws IOException {
        var models = new ArrayList<Path>();
        try (Stream<Path> files = Files.walk(OnnxCase.shared(), 5)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList()) {
                if (Files.size(file) < LARGEST_MODEL) {
                    models.add(file);
                }
            }
        }
        return models;
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int at = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(40), bytes.length - at);
        switch (random.nextInt(5)) {
            case 0 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
            default -> {
                for (int i = 0; i < 4; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }
}
