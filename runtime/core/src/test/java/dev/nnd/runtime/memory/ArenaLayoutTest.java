package dev.nnd.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.Seed;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArenaLayoutTest {

    private record Buffer(long bytes, long from, long to) {
        private boolean aliveWith(Buffer other) {
            return from <= other.to && other.from <= to;
        }
    }

    static LongStream seeds() {
        return Seed.several(30);
    }

    private static Buffer[] buffers(Random random, int count, int ticks) {
        var buffers = new Buffer[count];
        for (int i = 0; i < count; i++) {
            long from = random.nextInt(ticks);
            long to = random.nextInt(20) == 0 ? Long.MAX_VALUE : from + random.nextInt(10);
            buffers[i] = new Buffer(random.nextInt(5) == 0 ? random.nextInt(3) : random.nextInt(100_000), from, to);
        }
        return buffers;
    }

    private static ArenaLayout assigned(Buffer[] buffers) {
        var layout = new ArenaLayout();
        for (int i = 0; i < buffers.length; i++) {
            assertEquals(i, layout.add(buffers[i].bytes, buffers[i].from, buffers[i].to));
        }
        layout.assign();
        return layout;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void buffersThatAreAliveTogetherDoNotOverlap(long seed) {
        var buffers = buffers(new Random(seed), 150, 40);
        var layout = assigned(buffers);
        for (int i = 0; i < buffers.length; i++) {
            assertEquals(0, layout.offset(i) % Memory.ALIGNMENT);
            assertTrue(layout.offset(i) >= 0 && layout.offset(i) + buffers[i].bytes <= layout.bytes());
            for (int j = 0; j < i; j++) {
                boolean apart = layout.offset(i) + buffers[i].bytes <= layout.offset(j)
                        || layout.offset(j) + buffers[j].bytes <= layout.offset(i);
                boolean empty = buffers[i].bytes == 0 || buffers[j].bytes == 0;
                assertTrue(apart || empty || !buffers[i].aliveWith(buffers[j]), i + " and " + j + " at seed " + seed);
            }
        }
    }

    /** No plan is smaller than what is alive at one tick; this one is not much larger. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void staysNearTheLowerBound(long seed) {
        var buffers = buffers(new Random(seed), 150, 40);
        var layout = assigned(buffers);
        long bound = 0;
        for (long tick = 0; tick < 60; tick++) {
            long alive = 0;
            for (var buffer : buffers) {
                if (buffer.from <= tick && tick <= buffer.to) {
                    alive += (buffer.bytes + Memory.ALIGNMENT - 1) / Memory.ALIGNMENT * Memory.ALIGNMENT;
                }
            }
            bound = Math.max(bound, alive);
        }
        assertEquals(bound, layout.liveBytes(), "seed " + seed);
        assertTrue(layout.bytes() >= bound, "below the bound at seed " + seed);
        assertTrue(layout.bytes() <= 1.3 * bound, layout.bytes() + " against " + bound + " at seed " + seed);
    }

    /** Forward keeps every activation, backward frees them in reverse order: a stack, which is planned exactly. */
    @Test
    void aTrainingStepIsPlannedExactly() {
        var layout = new ArenaLayout();
        int layers = 50;
        for (int i = 0; i < layers; i++) {
            layout.add(64L * (i + 1), i, 2L * layers - i);
        }
        layout.assign();
        assertEquals(64L * layers * (layers + 1) / 2, layout.bytes());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSameInputGivesTheSameOffsets(long seed) {
        var one = assigned(buffers(new Random(seed), 100, 30));
        var other = assigned(buffers(new Random(seed), 100, 30));
        for (int i = 0; i < 100; i++) {
            assertEquals(one.offset(i), other.offset(i));
        }
    }

    @Test
    void tenThousandBuffersAreQuick() {
        var buffers = buffers(new Random(7), 10_000, 20_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(600), () -> assertTrue(assigned(buffers).bytes() > 0));
    }

    @Test
    void refusesWhatMakesNoSense() {
        var layout = new ArenaLayout();
        assertThrows(IllegalArgumentException.class, () -> layout.add(-1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> layout.add(1, 2, 1));
    }
}
