package dev.nnd.compiler.plan;

import java.util.BitSet;
import java.util.List;

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
        ALTERNATING
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
            buffer.viewOf().ifPresent(of -> {
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
        if (!operandMoves(index)) {
            return State.COPIED;
        }
        if (resultMoves(index)) {
            return State.ALTERNATING;
        }
        boolean own = next.storage() == Buffer.Storage.PORT && next.viewOf().isEmpty();
        return own && lastRead(current.id()) < made(next.id()) ? State.FOLLOWING : State.COPIED;
    }

    /** Whether an operand of the body may be another place at each step. */
    public boolean operandMoves(int index) {
        Buffer operand = scan.body().operands().get(index);
        return operand.storage() == Buffer.Storage.PORT && !bound.get(operand.id());
    }

    /** Whether a result of the body may be another place at each step. */
    public boolean resultMoves(int index) {
        Buffer result = scan.body().results().get(index);
        return result.storage() == Buffer.Storage.PORT && !bound.get(result.id());
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
