package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import org.junit.jupiter.api.Test;

class ProviderTest {

    /** Scalar kernels with a twin. */
    static class SampleKernels {
        String name() {
            return "scalar";
        }
    }

    /** The twin. */
    static final class SampleVectorKernels extends SampleKernels {
        @Override
        String name() {
            return "vector";
        }
    }

    /** Without a twin. */
    static final class LonelyKernels {}

    @Test
    void theBestIsOneDnnWhereItWorks() {
        String expected = OneDnnProvider.failure().isEmpty() ? "onednn" : "java";
        assertEquals(expected, Provider.named("best", 1).name());
        assertEquals("reference", Provider.named("reference", 3).name());
    }

    @Test
    void theSystemPropertyForcesOne() {
        String before = System.getProperty("nnd.provider");
        try {
            System.setProperty("nnd.provider", "reference");
            assertEquals("reference", Provider.best(1).name());
            System.setProperty("nnd.provider", "cuda");
            var problem = assertThrows(NndException.class, () -> Provider.best(1));
            assertTrue(problem.getMessage().contains("\"cuda\""), problem.getMessage());
            assertEquals("use onednn, java or reference", problem.help().orElse(""));
        } finally {
            if (before == null) {
                System.clearProperty("nnd.provider");
            } else {
                System.setProperty("nnd.provider", before);
            }
        }
    }

    /** OpenMP ends the process if it can't have the threads that it is asked for. */
    @Test
    void aNumberOfThreadsThatCanNotBeHadIsRefused() {
        for (int threads : new int[] {Integer.MIN_VALUE, -1, 0, 1025, 100_000, Integer.MAX_VALUE}) {
            for (String name : new String[] {"best", "onednn", "java", "reference"}) {
                var problem = assertThrows(NndException.class, () -> Provider.named(name, threads));
                assertEquals(
                        "threads is " + threads + ", but must be from 1 to 1024.",
                        problem.getMessage().lines().findFirst().orElse(""));
                assertTrue(problem.help().isPresent());
            }
        }
    }

    @Test
    void vectorKernelsAreTakenWhereTheVectorApiIs() {
        var kernels = KernelLoader.load(SampleKernels.class, SampleKernels::new);
        assertEquals(Simd.AVAILABLE ? "vector" : "scalar", kernels.name());
        var lonely = new LonelyKernels();
        assertEquals(lonely, KernelLoader.load(LonelyKernels.class, () -> lonely));
    }
}
