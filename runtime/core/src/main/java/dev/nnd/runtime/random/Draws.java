package dev.nnd.runtime.random;

import dev.nnd.runtime.program.Program;
import java.util.concurrent.atomic.AtomicLong;

/** Gives every run of a model's programs random numbers of its own. Thread-safe. */
public final class Draws {

    private final AtomicLong step = new AtomicLong();
    private volatile long seed;

    /** With seed 0. */
    public Draws() {}

    /** Starts anew: the same seed gives the same numbers in the same order of runs. */
    public void seed(long newSeed) {
        seed = newSeed;
        step.set(0);
    }

    /** Prepares a program for its next run. */
    public void next(Program program) {
        program.random(seed, step.getAndIncrement());
    }
}
