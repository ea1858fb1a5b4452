package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes in and out of a block that runs once for each entry of sequences: states from step to step, entries in, values
 * out. All tensors are row-major; a sequence's first axis is the steps. The loop has to do with all rows of them, or with
 * some from a first one on: then what the block reads and makes has so many rows. Nothing is allocated after the first run.
 *
 * <p>What a block's provider ops are bound to stays where it is and is copied; a tensor of which only kernels know moves
 * along its sequence instead.
 */
public final class ScanLoop {

    private record State(ScanEntries before, Tensor current, Tensor next, ScanEntries last) {}

    private record Stream(ScanEntries sequence, Tensor entry) {}

    /** A state that the block reads where the step before has left it. */
    private record Following(ScanEntries before, Tensor current, Tensor next, ScanEntries last, Spare spare) {}

    /** The second place of what a block makes while it reads the first; or none. */
    private static final class Spare {
        private final @Nullable Tensor place;
        private @Nullable MemorySegment own;

        private Spare(@Nullable Tensor place) {
            this.place = place;
        }

        /** The place for what a step makes. */
        private void turn(Tensor next, int step) {
            if (place == null) {
                return;
            }
            if (own == null) {
                own = next.segment();
            }
            next.place(step % 2 == 0 ? own : place.segment());
        }
    }

    /**
     * A state that is made in the sequence that collects it.
     *
     * @param after the sequence
     * @param earlier the same one entry earlier, in the same memory, if that is collected too
     * @param moves whether the block reads the state where it is, not in a place of its own
     */
    private record Collected(
            ScanEntries before,
            Tensor current,
            ScanEntries last,
            ScanEntries after,
            @Nullable ScanEntries earlier,
            boolean moves) {

        private void start(int first) {
            if (earlier != null) {
                earlier.set(first, before.at(0));
            }
            if (moves) {
                current.place(before.at(0));
            } else {
                before.get(0, current.segment());
            }
        }

        private void leave(int entry) {
            if (moves) {
                current.place(after.at(entry));
            } else {
                after.get(entry, current.segment());
            }
        }
    }

    private final int steps;
    private final boolean reverse;
    private final long firstRow;
    private final List<State> states = new ArrayList<>();
    private final List<Stream> sequences = new ArrayList<>();
    private final List<Stream> collected = new ArrayList<>();
    private final List<ScanEntries> moving = new ArrayList<>();
    private final List<Following> following = new ArrayList<>();
    private final List<Collected> made = new ArrayList<>();

    /** A loop over so many steps, at least 0, from the last entry to the first if {@code reverse}; over all rows. */
    public ScanLoop(int steps, boolean reverse) {
        this(steps, reverse, 0);
    }

    /** The same over the rows from {@code firstRow} on. */
    ScanLoop(int steps, boolean reverse, long firstRow) {
        this.steps = steps;
        this.reverse = reverse;
        this.firstRow = firstRow;
    }

    /**
     * A state.
     *
     * @param before before the first step
     * @param current what the block reads
     * @param next what the block makes
     * @param last after the last step
     */
    public void state(Tensor before, Tensor current, Tensor next, Tensor last) {
        states.add(new State(whole(before, current), current, next, whole(last, current)));
    }

    /** A state whose {@code current} is at each step where {@code next} was in the one before: the block reads it before it makes that. */
    public void following(Tensor before, Tensor current, Tensor next, Tensor last) {
        following.add(new Following(whole(before, current), current, next, whole(last, current), new Spare(null)));
    }

    /** The same for a block that may read the state after it has made the next one, which has two places in turn. */
    public void alternating(Tensor before, Tensor current, Tensor next, Tensor last, Tensor spare) {
        following.add(new Following(whole(before, current), current, next, whole(last, current), new Spare(spare)));
    }

    /**
     * A state that the block makes in a sequence [steps, ...] at once.
     *
     * @param moves whether it may be read there too
     */
    public void collected(Tensor before, Tensor current, Tensor next, Tensor last, Tensor after, boolean moves) {
        made.add(new Collected(
                whole(before, current), current, whole(last, current), entries(after, next), null, moves));
    }

    /** The same; {@code earlier} has what the state is before each step, in the memory of {@code after} one entry earlier. */
    public void collected(
            Tensor before, Tensor current, Tensor next, Tensor last, Tensor after, Tensor earlier, boolean moves) {
        made.add(new Collected(
                whole(before, current),
                current,
                whole(last, current),
                entries(after, next),
                entries(earlier, current),
                moves));
    }

    /** A sequence [steps, ...] and the tensor that is one of its entries at each step: what the block reads or makes. */
    public void moving(Tensor sequence, Tensor entry) {
        moving.add(entries(sequence, entry));
    }

    /** A sequence [steps, ...] and the tensor in which the block reads an entry of it. */
    public void sequence(Tensor sequence, Tensor entry) {
        sequences.add(new Stream(entries(sequence, entry), entry));
    }

    /** What the block makes in a step, and where the values of all steps [steps, ...] go. */
    public void collect(Tensor value, Tensor sequence) {
        collected.add(new Stream(entries(sequence, value), value));
    }

    private ScanEntries entries(Tensor sequence, Tensor entry) {
        return new ScanEntries(sequence, steps, entry, firstRow);
    }

    private ScanEntries whole(Tensor tensor, Tensor rows) {
        return new ScanEntries(tensor, 1, rows, firstRow);
    }

    /** Runs the block for all steps. */
    void run(Runnable block) {
        start();
        for (int step = 0; step < steps; step++) {
            int entry = reverse ? steps - 1 - step : step;
            enter(step, entry);
            block.run();
            leave(entry);
        }
        finish();
    }

    private void start() {
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            state.before.get(0, state.current.segment());
        }
        for (int i = 0; i < following.size(); i++) {
            Following state = following.get(i);
            state.current.place(state.before.at(0));
        }
        for (int i = 0; i < made.size() && steps > 0; i++) {
            made.get(i).start(reverse ? steps - 1 : 0);
        }
    }

    private void enter(int step, int entry) {
        for (int i = 0; i < sequences.size(); i++) {
            Stream stream = sequences.get(i);
            stream.sequence.get(entry, stream.entry.segment());
        }
        for (int i = 0; i < moving.size(); i++) {
            moving.get(i).place(entry);
        }
        for (int i = 0; i < following.size(); i++) {
            Following state = following.get(i);
            state.spare.turn(state.next, step);
        }
        for (int i = 0; i < made.size(); i++) {
            made.get(i).after.place(entry);
        }
    }

    private void leave(int entry) {
        for (int i = 0; i < collected.size(); i++) {
            Stream stream = collected.get(i);
            stream.sequence.set(entry, stream.entry.segment());
        }
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            MemorySegment.copy(state.next.segment(), 0, state.current.segment(), 0, state.current.storedBytes());
        }
        for (int i = 0; i < following.size(); i++) {
            Following state = following.get(i);
            state.current.place(state.next.segment());
        }
        for (int i = 0; i < made.size(); i++) {
            made.get(i).leave(entry);
        }
    }

    private void finish() {
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            state.last.set(0, state.current.segment());
        }
        for (int i = 0; i < following.size(); i++) {
            Following state = following.get(i);
            state.last.set(0, state.current.segment());
        }
        for (int i = 0; i < made.size(); i++) {
            Collected state = made.get(i);
            state.last.set(0, steps > 0 ? state.current.segment() : state.before.at(0));
        }
    }
}
