package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Promotions by hand, after algorithm 2 of Li et al. 2020. */
class RungsTest {

    private static Optional<Rungs.Job> job(int trial, int rung) {
        return Optional.of(new Rungs.Job(trial, rung));
    }

    @Test
    void aTrialGoesOnAsSoonAsItIsAmongTheBestThird() {
        var rungs = new Rungs(6, 3, 3);
        for (int trial = 1; trial <= 3; trial++) {
            assertEquals(job(trial, 0), rungs.next());
        }
        rungs.done(new Rungs.Job(2, 0), 0.5);
        // One of one and one of two are not yet a third of any: a fourth begins.
        rungs.done(new Rungs.Job(1, 0), 0.7);
        assertEquals(job(4, 0), rungs.next());
        rungs.done(new Rungs.Job(3, 0), 0.6);
        assertEquals(job(2, 1), rungs.next());
        // The best third of three is one, and has gone on.
        assertEquals(job(5, 0), rungs.next());
        rungs.done(new Rungs.Job(4, 0), 0.1);
        rungs.done(new Rungs.Job(5, 0), 0.2);
        // A third of five is one: trial 4, which is better than 2 was.
        assertEquals(job(4, 1), rungs.next());
        assertEquals(job(6, 0), rungs.next());
        rungs.done(new Rungs.Job(6, 0), 0.9);
        // Two of six: 4 has gone on, and 5.
        assertEquals(job(5, 1), rungs.next());
        assertEquals(Optional.empty(), rungs.next());
        rungs.done(new Rungs.Job(2, 1), 0.4);
        rungs.done(new Rungs.Job(4, 1), 0.3);
        assertEquals(Optional.empty(), rungs.next());
        rungs.done(new Rungs.Job(5, 1), 0.05);
        // The higher rung comes first, and its best third is one of three.
        assertEquals(job(5, 2), rungs.next());
        assertEquals(Optional.empty(), rungs.next());
    }

    @Test
    void failuresCountAndNeverGoOn() {
        var rungs = new Rungs(4, 2, 2);
        for (int trial = 1; trial <= 4; trial++) {
            assertEquals(job(trial, 0), rungs.next());
        }
        rungs.done(new Rungs.Job(1, 0), Double.NaN);
        rungs.done(new Rungs.Job(2, 0), Double.NaN);
        assertEquals(Optional.empty(), rungs.next());
        rungs.done(new Rungs.Job(3, 0), Double.NaN);
        rungs.done(new Rungs.Job(4, 0), 3);
        assertEquals(job(4, 1), rungs.next());
        assertEquals(Optional.empty(), rungs.next());
    }

    @Test
    void whatWasDoneBeforeIsTakenUp() {
        var rungs = new Rungs(3, 2, 2);
        rungs.done(new Rungs.Job(2, 0), 1);
        rungs.done(new Rungs.Job(1, 0), 2);
        rungs.done(new Rungs.Job(2, 1), 0.5);
        assertEquals(job(3, 0), rungs.next());
        rungs.done(new Rungs.Job(3, 0), 3);
        assertEquals(Optional.empty(), rungs.next());
    }
}
