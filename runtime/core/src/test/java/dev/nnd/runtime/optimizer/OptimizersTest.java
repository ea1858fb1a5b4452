package dev.nnd.runtime.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against what PyTorch 2.13 prints for the same weights and gradients; Muon there with bf16 replaced by f32. */
class OptimizersTest {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private ParameterSet all = new ParameterSet("test");
    private Parameter w = all.add("w", new Initializer.Uniform(-1, 1), false, 4, 3);
    private Parameter b = all.add("b", new Initializer.Uniform(-1, 1), false, 3);

    @BeforeEach
    void place() {
        all = new ParameterSet("test");
        w = all.add("w", new Initializer.Uniform(-1, 1), false, 4, 3);
        b = all.add("b", new Initializer.Uniform(-1, 1), false, 3);
        all.enableGradients();
        all.initialize(1);
        new Binding("test", Provider.named("reference", 1), all).commit();
        var values = all.values();
        for (int i = 0; i < 12; i++) {
            values.setAtIndex(F32, w.offset() + i, (i - 5) / 7f);
        }
        float[] bias = {0.5f, -0.25f, 1};
        for (int i = 0; i < 3; i++) {
            values.setAtIndex(F32, b.offset() + i, bias[i]);
        }
    }

    @AfterEach
    void close() {
        all.close();
    }

    private void gradients(int t) {
        for (int i = 0; i < 12; i++) {
            all.gradients().setAtIndex(F32, w.offset() + i, (float) Math.sin(i * t + 0.3));
        }
        float[] bias = {0.1f * t, -0.2f, 0.05f * t * t};
        for (int i = 0; i < 3; i++) {
            all.gradients().setAtIndex(F32, b.offset() + i, bias[i]);
        }
    }

    /** What is left to do for the generated kernel. */
    private void subtract() {
        for (long i = 0; i < all.slabElements(); i++) {
            all.values()
                    .setAtIndex(
                            F32,
                            i,
                            all.values().getAtIndex(F32, i) - all.gradients().getAtIndex(F32, i));
        }
    }

    private void check(double[] weights, double... bias) {
        for (int i = 0; i < 12; i++) {
            assertEquals(weights[i], all.values().getAtIndex(F32, w.offset() + i), 2e-6, "w " + i);
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(bias[i], all.values().getAtIndex(F32, b.offset() + i), 2e-6, "b " + i);
        }
    }

    private void muon(
            int threads, double lr, double momentum, int nesterov, int iterations, double adam, double decay) {
        var muon = new Muon(Provider.named("reference", threads));
        for (int t = 1; t <= 3; t++) {
            gradients(t);
            var numbers = new Muon.Numbers(lr, momentum, nesterov, iterations, adam, decay, t);
            muon.change(all, all.state("m"), all.state("v"), numbers, all.whole());
            subtract();
        }
    }

    @Test
    void muonWithNesterovAndDecay() {
        muon(1, 0.02, 0.95, 1, 5, 3e-4, 0.1);
        check(
                new double[] {
                    -0.7540092,
                    -0.6013176,
                    -0.4218984,
                    -0.2825401,
                    -0.1231288,
                    0.0442549,
                    0.1551733,
                    0.2525035,
                    0.4156253,
                    0.5560384,
                    0.7120493,
                    0.869701
                },
                0.4990781,
                -0.2490775,
                0.9990851);
    }

    @Test
    void muonWithoutThem() {
        muon(2, 0.02, 0.9, 0, 3, 0.01, 0);
        check(
                new double[] {
                    -0.7604193,
                    -0.6109359,
                    -0.4231904,
                    -0.2816961,
                    -0.131722,
                    0.042641,
                    0.1662719,
                    0.2475349,
                    0.4225424,
                    0.5591026,
                    0.7156242,
                    0.8843824
                },
                0.4707682,
                -0.22,
                0.972502);
    }

    private void adafactor(int steps, double lr, double decay, double clip, double weightDecay) {
        var adafactor = new Adafactor();
        for (int t = 1; t <= steps; t++) {
            gradients(t);
            var numbers = new Adafactor.Numbers(lr, decay, clip, 1e-30, 1e-3, weightDecay, t);
            adafactor.change(all, all.factored("factored.v"), numbers, all.whole());
            subtract();
        }
    }

    @Test
    void adafactorWithItsDefaults() {
        adafactor(3, 0.01, 0.8, 1, 0);
        check(
                new double[] {
                    -0.7319022,
                    -0.5795766,
                    -0.427326,
                    -0.2834565,
                    -0.1405336,
                    0.0064014,
                    0.153505,
                    0.2715693,
                    0.4319528,
                    0.5683773,
                    0.7181273,
                    0.8590667
                },
                0.4799086,
                -0.2326386,
                0.9787664);
    }

    @Test
    void adafactorWithOtherNumbers() {
        adafactor(5, 0.5, 0.5, 2, 0.1);
        check(
                new double[] {
                    -1.7792743,
                    0.1155608,
                    -0.2465923,
                    -0.232222,
                    -0.238281,
                    -0.3627516,
                    1.654954,
                    -0.1877872,
                    0.0361756,
                    0.3752961,
                    0.496556,
                    0.9296881
                },
                -0.5656886,
                0.6578588,
                -0.2264624);
    }

    @Test
    void adafactorKeepsRowsAndColumnsAlone() throws java.io.IOException {
        adafactor(2, 0.01, 0.8, 1, 0);
        var squares = all.factored("factored.v");
        // 4 rows and 3 columns of w, 3 elements of b.
        assertEquals(10 * Float.BYTES, squares.bytes());
        float row = squares.of(w).rows().getAtIndex(F32, 2);
        float bias = squares.of(b).rows().getAtIndex(F32, 1);
        var file = java.nio.file.Files.createTempFile("state", ".safetensors");
        all.saveState(file, java.util.List.of("factored.v"));
        adafactor(1, 0.01, 0.8, 1, 0);
        all.loadState(file, java.util.List.of("factored.v"));
        java.nio.file.Files.delete(file);
        assertEquals(row, squares.of(w).rows().getAtIndex(F32, 2));
        assertEquals(bias, squares.of(b).rows().getAtIndex(F32, 1));
    }

    /** PyTorch has no LAMB: the paper's formula, in doubles. */
    @Test
    void lamb() {
        double[] p = new double[15];
        double[] m = new double[15];
        double[] v = new double[15];
        for (int i = 0; i < 15; i++) {
            p[i] = i < 12 ? (i - 5) / 7.0 : new double[] {0.5, -0.25, 1}[i - 12];
        }
        for (int t = 1; t <= 4; t++) {
            gradients(t);
            var r = new double[15];
            for (int i = 0; i < 15; i++) {
                double g = i < 12 ? Math.sin(i * t + 0.3) : new double[] {0.1 * t, -0.2, 0.05 * t * t}[i - 12];
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.99 * v[i] + 0.01 * g * g;
                r[i] = m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.99, t))) + 1e-6) + 0.01 * p[i];
            }
            step(p, r, 0, 12);
            step(p, r, 12, 15);
            var numbers = new Lamb.Numbers(0.1, 0.9, 0.99, 1e-6, 0.01, t);
            Lamb.change(all, all.state("m"), all.state("v"), numbers, all.whole());
            subtract();
        }
        check(java.util.Arrays.copyOf(p, 12), p[12], p[13], p[14]);
    }

    /** What is kept shrinks while there are no gradients: to zero, without stopping among the subnormal numbers. */
    @Test
    void whatIsKeptIsNeverSubnormal() {
        var muon = new Muon(Provider.named("reference", 1));
        for (boolean lamb : new boolean[] {true, false}) {
            for (int t = 1; t <= 3_000; t++) {
                if (t == 1) {
                    gradients(1);
                } else {
                    all.gradients().fill((byte) 0);
                }
                if (lamb) {
                    var numbers = new Lamb.Numbers(0.1, 0.9, 0.95, 1e-6, 0, t);
                    Lamb.change(all, all.state("m"), all.state("v"), numbers, all.whole());
                } else {
                    var numbers = new Muon.Numbers(0.02, 0.95, 1, 1, 3e-4, 0, t);
                    muon.change(all, all.state("m"), all.state("v"), numbers, all.whole());
                }
                for (String name : new String[] {"m", "v"}) {
                    for (long i = 0; i < all.slabElements(); i++) {
                        float kept = Math.abs(all.state(name).getAtIndex(F32, i));
                        assertTrue(kept == 0 || kept >= Float.MIN_NORMAL, name + " is " + kept + " at step " + t);
                        boolean slow = !lamb && name.equals("v"); // takes 80,000 steps
                        assertTrue(kept == 0 || t < 3_000 || slow, name + " is " + kept + " at the end");
                    }
                }
            }
        }
    }

    private static void step(double[] p, double[] r, int from, int to) {
        double pp = 0;
        double rr = 0;
        for (int i = from; i < to; i++) {
            pp += p[i] * p[i];
            rr += r[i] * r[i];
        }
        for (int i = from; i < to; i++) {
            p[i] -= 0.1 * Math.sqrt(pp / rr) * r[i];
        }
    }
}
