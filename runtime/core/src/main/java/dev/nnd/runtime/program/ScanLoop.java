package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes in and out of a block that runs once for each entry of sequences: states from step to step, entries in, values
 * out. All tensors are row-major; a sequence's first axis is the steps. The caller runs the block between {@link #enter}
 * and {@link #leave}. Nothing is allocated after the first run.
 *
 * <p>What a block's provider ops are bound to stays where it is and is copied; a tensor of which only kernels know moves
 * along its sequence instead.
 */
public final class ScanLoop {

    private record State(Tensor before, Tensor current, Tensor next, Tensor last) {}

    private record Stream(Tensor sequence, Tensor entry) {}

    /** A tensor that is an entry of a sequence: at each step another one. */
    private static final class Moving {
        private final Tensor sequence;
        private final Tensor entry;
        private long address = -1;
        private MemorySegment[] entries = {};

        private Moving(Tensor sequence, Tensor entry) {
            this.sequence = sequence;
            this.entry = entry;
        }

        private void place(int index) {
            MemorySegment all = sequence.segment();
            if (all.address() != address) {
                cut(all);
            }
            entry.place(entries[index]);
        }

        private void cut(MemorySegment all) {
            long bytes = entry.elements() * entry.type().bytes();
            entries = new MemorySegment[Math.toIntExact(sequence.dim(0))];
            for (int i = 0; i < entries.length; i++) {
                entries[i] = all.asSlice(i * bytes, bytes);
            }
            address = all.address();
        }
    }

    /** A state that the block reads where the step before has left it. */
    private record Following(Tensor before, Tensor current, Tensor next, Tensor last, Spare spare) {}

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
            Tensor before,
            Tensor current,
            Tensor last,
            Moving after,
            @Nullable Moving earlier,
            boolean moves) {

        private void start(int first) {
            if (earlier != null) {
                copy(before, 0, earlier.sequence, first, current);
            }
            if (moves) {
                current.place(before.segment());
            } else {
                copy(before, 0, current, 0, current);
            }
        }

        private void leave(int entry) {
            if (moves) {
                current.place(after.entries[entry]);
            } else {
                copy(after.sequence, entry, current, 0, current);
            }
        }
    }

    private final int steps;
    private final boolean reverse;
    private final List<State> states = new ArrayList<>();
    private final List<Stream> sequences = new ArrayList<>();
    private final List<Stream> collected = new ArrayList<>();
    private final List<Moving> moving = new ArrayList<>();
    private final List<Following> following = new ArrayList<>();
    private final List<Collected> made = new ArrayList<>();

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

    /** A state whose {@code current} is at each step where {@code next} was in the one before: the block reads it before it makes that. */
    public void following(Tensor before, Tensor current, Tensor next, Tensor last) {
        following.add(new Following(before, current, next, last, new Spare(null)));
    }

    /** The same for a block that may read the state after it has made the next one, which has two places in turn. */
    public void alternating(Tensor before, Tensor current, Tensor next, Tensor last, Tensor spare) {
        following.add(new Following(before, current, next, last, new Spare(spare)));
    }

    /**
     * A state that the block makes in a sequence [steps, ...] at once.
     *
     * @param moves whether it may be read there too
     */
    public void collected(Tensor before, Tensor current, Tensor next, Tensor last, Tensor after, boolean moves) {
        made.add(new Collected(before, current, last, new Moving(after, next), null, moves));
    }

    /** The same; {@code earlier} has what the state is before each step, in the memory of {@code after} one entry earlier. */
    public void collected(
            Tensor before, Tensor current, Tensor next, Tensor last, Tensor after, Tensor earlier, boolean moves) {
        made.add(new Collected(before, current, last, new Moving(after, next), new Moving(earlier, current), moves));
    }

    /** A sequence [steps, ...] and the tensor that is one of its entries at each step: what the block reads or makes. */
    public void moving(Tensor sequence, Tensor entry) {
        moving.add(new Moving(sequence, entry));
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
        for (int i = 0; i < following.size(); i++) {
            Following state = following.get(i);
            state.current.place(state.before.segment());
        }
        for (int i = 0; i < made.size() && steps > 0; i++) {
            made.get(i).start(reverse ? steps - 1 : 0);
        }
    }

    /** Before the block runs for the {@code step}-th time, from 0. */
    public void enter(int step) {
        int entry = reverse ? steps - 1 - step : step;
        for (int i = 0; i < sequences.size(); i++) {
            Stream stream = sequences.get(i);
            copy(stream.sequence, entry, stream.entry, 0, stream.entry);
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
        for (int i = 0; i < following.size(); i++) {
            Following state = following.get(i);
            state.current.place(state.next.segment());
        }
        for (int i = 0; i < made.size(); i++) {
            made.get(i).leave(entry);
        }
    }

    /** After the last step. */
    public void finish() {
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            copy(state.current, 0, state.last, 0, state.current);
        }
        for (int i = 0; i < following.size(); i++) {
            Following state = following.get(i);
            copy(state.current, 0, state.last, 0, state.current);
        }
        for (int i = 0; i < made.size(); i++) {
            Collected state = made.get(i);
            copy(steps > 0 ? state.current : state.before, 0, state.last, 0, state.current);
        }
    }

    /** Copies one entry of the size of {@code like}. */
    private static void copy(Tensor from, int fromEntry, Tensor to, int toEntry, Tensor like) {
        long bytes = like.elements() * like.type().bytes();
        MemorySegment.copy(from.segment(), fromEntry * bytes, to.segment(), toEntry * bytes, bytes);
    }
}
