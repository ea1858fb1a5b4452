package dev.nnd.compiler.plan;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Where the body of a scan finds its states and entries and leaves its results: a buffer that only kernels read and write may be
 * another place in memory at each step, what an op of the provider is bound to stays where it is.
 */
public final class ScanPlaces {

    /** How a state gets from one step to the next. */
    public enum State {
        /** It is copied. */
        COPIED,
        /** It is read where it was made: before it is made anew. */
        FOLLOWING,
        /** It is read where it was made, and made in another place. */
        ALTERNATING,
        /** It is made in the sequence that collects it; it is read there if the body lets it. */
        COLLECTED
    }

    private final Step.Scan scan;
    private final List<Buffer> buffers;
    private final List<Step> steps;
    /** Buffers that an op is bound to, or of which there are views. */
    private final BitSet bound = new BitSet();

    private ScanPlaces(Step.Scan scan) {
        this.scan = scan;
        buffers = scan.body().plan().buffers();
        steps = scan.body().plan().steps();
        for (Buffer buffer : buffers) {
            buffer.viewOf().filter(_ -> !isAlias(buffer)).ifPresent(of -> {
                bound.set(of);
                bound.set(buffer.id());
            });
        }
        for (Step step : steps) {
            if (!(step instanceof Step.Kernel)) {
                step.inputs().forEach(bound::set);
                step.outputs().forEach(bound::set);
            }
        }
    }

    /** The places of a scan. */
    public static ScanPlaces of(Step.Scan scan) {
        return new ScanPlaces(scan);
    }

    /** How a state is handed on. */
    public State state(int index) {
        Buffer current = scan.body().operands().get(index);
        Buffer next = scan.body().results().get(index);
        if (after(index).isPresent()) {
            return State.COLLECTED;
        }
        if (!operandMoves(index)) {
            return State.COPIED;
        }
        if (resultMoves(index)) {
            return State.ALTERNATING;
        }
        boolean own = next.storage() == Buffer.Storage.PORT && next.viewOf().isEmpty();
        boolean collected = collector(current.id()).isPresent(); // after the step: it must still be there
        return own && !collected && lastRead(current.id()) < made(next.id()) ? State.FOLLOWING : State.COPIED;
    }

    /** The result that collects what a state is after each step, if it may be made there. */
    public OptionalInt after(int state) {
        return resultMoves(state) ? collector(scan.body().results().get(state).id()) : OptionalInt.empty();
    }

    /**
     * The result that collects what a state is before each step, if that can be the memory of {@link #after} one entry
     * earlier: both are values of the caller's alone.
     */
    public OptionalInt before(int state, IntFunction<Buffer> buffers) {
        OptionalInt after = after(state);
        OptionalInt before = collector(scan.body().operands().get(state).id());
        return after.isPresent()
                        && before.isPresent()
                        && isValue(buffers.apply(scan.outputs().get(after.getAsInt())))
                        && isValue(buffers.apply(scan.outputs().get(before.getAsInt())))
                ? before
                : OptionalInt.empty();
    }

    private static boolean isValue(Buffer buffer) {
        return buffer.storage() == Buffer.Storage.ARENA && buffer.like().isEmpty();
    }

    /** The first result that is nothing but another port. */
    private OptionalInt collector(int id) {
        return IntStream.range(scan.states(), scan.body().results().size())
                .filter(i -> isAlias(scan.body().results().get(i))
                        && scan.body().results().get(i).viewOf().orElseThrow() == id)
                .findFirst();
    }

    private boolean isAlias(Buffer buffer) {
        return buffer.storage() == Buffer.Storage.PORT
                && buffer.viewOf().isPresent()
                && buffers.get(buffer.viewOf().get()).storage() == Buffer.Storage.PORT
                && buffers.get(buffer.viewOf().get()).type().equals(buffer.type());
    }

    /** The operand or result of the body in whose memory a result is: perhaps itself. */
    public Buffer source(int result) {
        Buffer buffer = scan.body().results().get(result);
        return isAlias(buffer) ? buffers.get(buffer.viewOf().orElseThrow()) : buffer;
    }

    /** Whether an operand of the body may be another place at each step. */
    public boolean operandMoves(int index) {
        Buffer operand = scan.body().operands().get(index);
        return operand.storage() == Buffer.Storage.PORT && !bound.get(operand.id());
    }

    /** Whether a result of the body may be another place at each step. */
    public boolean resultMoves(int index) {
        Buffer result = scan.body().results().get(index);
        return result.storage() == Buffer.Storage.PORT && !isAlias(result) && !bound.get(result.id());
    }

    /** Whether the body reads the elements of an operand, and not its layout alone. */
    public boolean isRead(int index) {
        return scan.body().reads(index);
    }

    private int lastRead(int buffer) {
        int last = -1;
        for (int i = 0; i < steps.size(); i++) {
            if (Lifetimes.reads(steps.get(i)).contains(buffer)) {
                last = i;
            }
        }
        return last;
    }

    /** The step that makes what an op of the provider makes in memory of its own; -1 if the buffer is none of that. */
    private int made(int buffer) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).outputs().contains(buffer)) {
                return steps.get(i) instanceof Step.Primitive ? i : -1;
            }
        }
        return -1;
    }
}
