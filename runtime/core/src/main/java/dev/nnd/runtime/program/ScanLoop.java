package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes in and out of a block that runs once for each entry of sequences: states from step to step, entries in, values
 * out. All tensors are row-major; a sequence's first axis is the steps. The caller runs the block between {@link #enter}
 * and {@link #leave}. Nothing is allocated once it is bound.
 */
public final class ScanLoop {

    private record State(Tensor before, Tensor current, Tensor next, Tensor last) {}

    private record Stream(Tensor sequence, Tensor entry) {}

    private final int steps;
    private final boolean reverse;
    private final List<State> states = new ArrayList<>();
    private final List<Stream> sequences = new ArrayList<>();
    private final List<Stream> collected = new ArrayList<>();

    /** A loop over so many steps, at least 0, from the last entry to the first if {@code reverse}. */
    public ScanLoop(int steps, boolean reverse) {
        this.steps = steps;
        this.reverse = reverse;
    }

    /**
     * A state, all four of one size.
     *
     * @param before before the first step
     * @param current what the block reads
     * @param next what the block makes
     * @param last after the last step
     */
    public void state(Tensor before, Tensor current, Tensor next, Tensor last) {
        states.add(new State(before, current, next, last));
    }

    /** A sequence [steps, ...] and the tensor in which the block reads an entry of it. */
    public void sequence(Tensor sequence, Tensor entry) {
        sequences.add(new Stream(sequence, entry));
    }

    /** What the block makes in a step, and where the values of all steps [steps, ...] go. */
    public void collect(Tensor value, Tensor sequence) {
        collected.add(new Stream(sequence, value));
    }

    /** How many steps there are. */
    public int steps() {
        return steps;
    }

    /** Before the first step. */
    public void start() {
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            copy(state.before, 0, state.current, 0, state.current);
        }
    }

    /** Before the block runs for the {@code step}-th time, from 0. */
    public void enter(int step) {
        int entry = reverse ? steps - 1 - step : step;
        for (int i = 0; i < sequences.size(); i++) {
            Stream stream = sequences.get(i);
            copy(stream.sequence, entry, stream.entry, 0, stream.entry);
        }
    }

    /** After the block ran for the {@code step}-th time. */
    public void leave(int step) {
        int entry = reverse ? steps - 1 - step : step;
        for (int i = 0; i < collected.size(); i++) {
            Stream stream = collected.get(i);
            copy(stream.entry, 0, stream.sequence, entry, stream.entry);
        }
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            copy(state.next, 0, state.current, 0, state.current);
        }
    }

    /** After the last step. */
    public void finish() {
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            copy(state.current, 0, state.last, 0, state.current);
        }
    }

    /** Copies one entry of the size of {@code like}. */
    private static void copy(Tensor from, int fromEntry, Tensor to, int toEntry, Tensor like) {
        long bytes = like.elements() * like.type().bytes();
        MemorySegment.copy(from.segment(), fromEntry * bytes, to.segment(), toEntry * bytes, bytes);
    }
}
