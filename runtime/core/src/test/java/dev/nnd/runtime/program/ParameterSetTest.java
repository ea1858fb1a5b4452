package dev.nnd.runtime.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Window;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterSetTest {

    private static final Window WINDOW = Window.of(3, 3).pad(1, 1);

    @TempDir
    private Path folder;

    private static ParameterSet model() {
        var set = new ParameterSet("vision.Test");
        set.add("conv.weight", new Initializer.Normal(0, 0.1), true, 20, 3, 3, 3);
        set.add("conv.bias", new Initializer.Fill(0.5), true, 20);
        set.add("dense.weight", new Initializer.Uniform(-1, 1), true, 7, 20 * 6 * 6);
        return set;
    }

    /** Runs one forward pass, so that the provider has chosen the layouts. */
    private Rig bound(ParameterSet set, String provider) {
        var rig = new Rig(Provider.named(provider, 1), 3, set);
        var p = set.parameters();
        var x = rig.input("x", 2, 3, 6, 6);
        var y = rig.op(rig.at.convolution(
                        "conv", x, rig.at.parameter(p.get(0)), rig.at.parameter(p.get(1)), WINDOW, 1, true))
                .output();
        rig.want(
                "y",
                rig.op(rig.at.innerProduct("dense", y, rig.at.parameter(p.get(2)), null, false))
                        .output());
        return rig;
    }

    private static String best() {
        return Provider.best(1).name();
    }

    private static float[] read(ParameterSet set, int index) {
        var parameter = set.parameters().get(index);
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_FLOAT, parameter.elements());
            set.read(parameter, out);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Test
    void groupsLieSideBySideInWhateverOrderTheirParametersCome() {
        try (var set = new ParameterSet("vision.Groups")) {
            var decayed = set.group("decayed");
            var plain = set.group("plain");
            var first = set.add(decayed, "0.weight", new Initializer.Fill(1), false, 5);
            var bias = set.add(plain, "0.bias", new Initializer.Fill(2), false, 3);
            var mean = set.addBuffer("0.mean", new Initializer.Fill(3), 4);
            var second = set.add(decayed, "1.weight", new Initializer.Fill(4), false, 7);
            set.place();
            assertEquals(List.of(first, bias, mean, second), set.parameters());
            assertEquals(List.of(0L, 16L, 32L), List.of(first.offset(), second.offset(), bias.offset()));
            assertEquals(List.of(0L, 32L), List.of(decayed.from(), decayed.to()));
            assertEquals(List.of(32L, 48L), List.of(plain.from(), plain.to()));
            assertEquals(48, set.slabElements());
            assertEquals(48, mean.offset());
            var other = new ParameterGroup("other");
            assertThrows(IllegalArgumentException.class, () -> set.add(other, "x", new Initializer.Fill(0), false, 1));
        }
    }

    @Test
    void theSameSeedGivesTheSameFileWhateverTheProviderAndTheOrder() throws IOException {
        var files = List.of(folder.resolve("a"), folder.resolve("b"), folder.resolve("c"), folder.resolve("d"));
        try (var unbound = model()) {
            unbound.initialize(5);
            unbound.save(files.get(0));
            assertEquals(20 * 27 + 20 + 7 * 720, unbound.count());
        }
        for (int i = 1; i < 4; i++) {
            try (var set = model();
                    var rig = bound(set, i == 1 ? "reference" : best())) {
                if (i < 3) {
                    set.initialize(5);
                }
                rig.run();
                if (i == 3) {
                    set.initialize(5);
                }
                set.save(files.get(i));
            }
        }
        for (var file : files) {
            assertArrayEquals(Files.readAllBytes(files.getFirst()), Files.readAllBytes(file));
        }
        try (var other = model()) {
            other.initialize(6);
            other.save(files.get(1));
        }
        assertTrue(Files.mismatch(files.get(0), files.get(1)) >= 0, "another seed gave the same bytes");
    }

    @Test
    void loadsBeforeAndAfterItHasMemory() {
        var file = folder.resolve("w.safetensors");
        float[] expected;
        try (var set = model();
                var rig = bound(set, "reference")) {
            set.initialize(11);
            set.save(file);
            expected = rig.run().values().iterator().next();
        }
        for (boolean early : new boolean[] {true, false}) {
            try (var set = model();
                    var rig = bound(set, best())) {
                if (early) {
                    set.load(file);
                }
                rig.commit();
                if (!early) {
                    set.load(file);
                }
                var actual = rig.run().values().iterator().next();
                assertArrayEquals(expected, actual, 1e-3f);
                set.save(folder.resolve("again"));
                assertEquals(-1, assertNoThrowMismatch(file, folder.resolve("again")));
            }
        }
    }

    private static long assertNoThrowMismatch(Path one, Path other) {
        try {
            return Files.mismatch(one, other);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void slabsShareOffsetsAndTheirPaddingIsZero() {
        try (var set = model()) {
            set.enableGradients();
            set.initialize(1);
            try (var rig = bound(set, best())) {
                rig.commit();
                long stored = 0;
                for (var parameter : set.parameters()) {
                    assertEquals(0, parameter.offset() % 16);
                    stored += parameter.storedElements();
                }
                assertTrue(set.slabElements() >= stored);
                assertEquals(set.slabElements() * 4, set.values().byteSize());
                assertEquals(set.slabElements() * 4, set.gradients().byteSize());
                assertEquals(set.slabElements() * 4, set.state("m").byteSize());
                assertTrue(set.state("m").equals(set.state("m")));
                long nonZero = 0;
                for (float value : set.values().toArray(ValueLayout.JAVA_FLOAT)) {
                    nonZero += value != 0 ? 1 : 0;
                }
                assertTrue(nonZero <= set.count(), "padding is not zero");
                assertTrue(nonZero >= set.count() - 2, "values are missing");
            }
        }
    }

    @Test
    void statesSurviveACheckpointAcrossProviders() {
        var file = folder.resolve("state.safetensors");
        try (var set = model();
                var rig = bound(set, "reference")) {
            rig.commit();
            for (long i = 0; i < set.slabElements(); i++) {
                set.state("m").setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            set.state("v").setAtIndex(ValueLayout.JAVA_FLOAT, 3, 42);
            set.saveState(file, List.of("m", "v"));
        }
        try (var set = model();
                var rig = bound(set, best())) {
            rig.commit();
            set.loadState(file, List.of("m", "v"));
            var again = folder.resolve("again.safetensors");
            set.saveState(again, List.of("m", "v"));
            assertEquals(-1, assertNoThrowMismatch(file, again));
            assertThrows(NndException.class, () -> set.loadState(file, List.of("m")));
        }
    }

    @Test
    void weightsOfAnotherModelAreRefusedWithAllDifferences() {
        var file = folder.resolve("other.safetensors");
        try (var other = new ParameterSet("vision.Other")) {
            other.add("conv.weight", new Initializer.Fill(1), true, 20, 3, 5, 5);
            for (int i = 0; i < 30; i++) {
                other.add("extra" + i, new Initializer.Fill(1), true, 2);
            }
            other.save(file);
        }
        try (var set = model()) {
            set.initialize(2);
            var before = read(set, 0);
            var problem = assertThrows(NndException.class, () -> set.load(file));
            String message = problem.getMessage();
            assertTrue(message.contains("does not hold the weights of vision.Test"), message);
            assertTrue(message.contains("Missing: conv.bias f32[20], dense.weight f32[7, 720]."), message);
            assertTrue(message.contains("conv.weight is [20, 3, 5, 5] in the file but must be [20, 3, 3, 3]"), message);
            assertTrue(message.contains("Unexpected: extra0") && message.contains("and 25 more."), message);
            assertTrue(problem.help().orElse("").contains("saved by vision.Other"), problem.help()::toString);
            assertArrayEquals(before, read(set, 0));
        }
    }

    @Test
    void saysWhatIsWrong() {
        var set = model();
        assertThrows(IllegalStateException.class, set::values);
        assertThrows(IllegalArgumentException.class, () -> set.add("conv.bias", new Initializer.Fill(0), true, 1));
        try (var rig = bound(set, "reference")) {
            rig.commit();
            assertThrows(IllegalStateException.class, () -> set.add("late", new Initializer.Fill(0), true, 1));
            assertThrows(IllegalStateException.class, set::gradients);
        }
        assertTrue(assertThrows(NndException.class, set::values).getMessage().contains("vision.Test is closed"));
        assertThrows(NndException.class, () -> set.initialize(1));
    }
}
