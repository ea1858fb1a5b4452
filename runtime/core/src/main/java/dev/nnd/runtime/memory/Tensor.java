package dev.nnd.runtime.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A typed view of off-heap memory: a name, an element type, logical dims, a layout and, once its program is committed,
 * a segment. It does no arithmetic.
 */
public final class Tensor {

    /** The layout of a tensor and of all that are like it; decided once, possibly after the tensor was made. */
    private static final class LayoutChoice {
        private @Nullable Layout layout;

        private synchronized @Nullable Layout get() {
            return layout;
        }

        private synchronized Layout decide(Layout proposal) {
            if (layout == null) {
                layout = proposal;
            }
            return layout;
        }
    }

    private final String name;
    private final ElementType type;
    private final long[] dims;
    private final long elements;
    private final LayoutChoice choice;
    private @Nullable MemorySegment segment;

    private Tensor(String name, ElementType type, long[] dims, LayoutChoice choice) {
        this.name = name;
        this.type = type;
        this.dims = dims.clone();
        this.elements = count(name, dims);
        this.choice = choice;
    }

    /** A tensor in row-major order. */
    public static Tensor rowMajor(String name, ElementType type, long... dims) {
        return of(name, type, Layout.rowMajor(count(name, dims)), dims);
    }

    /** A tensor in a given layout. */
    public static Tensor of(String name, ElementType type, Layout layout, long... dims) {
        var tensor = undecided(name, type, dims);
        tensor.decide(layout);
        return tensor;
    }

    /** A tensor whose layout the first op that cares will {@link #decide}. */
    public static Tensor undecided(String name, ElementType type, long... dims) {
        return new Tensor(name, type, dims, new LayoutChoice());
    }

    /** A tensor with the dims, the type and the layout of another one, even if that layout is decided later. */
    public static Tensor like(String name, Tensor other) {
        return new Tensor(name, other.type, other.dims, other.choice);
    }

    private static long count(String name, long[] dims) {
        long count = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException(name + " has a negative dim: " + Arrays.toString(dims));
            }
            count = Math.multiplyExact(count, dim);
        }
        return count;
    }

    public String name() {
        return name;
    }

    public ElementType type() {
        return type;
    }

    /** The logical dims; a copy. */
    public long[] dims() {
        return dims.clone();
    }

    /** How many dims there are. */
    public int rank() {
        return dims.length;
    }

    /** One logical dim. */
    public long dim(int axis) {
        return dims[axis];
    }

    /** The product of the dims. */
    public long elements() {
        return elements;
    }

    /** The memory, with the padding of a provider's layout; there once the program is committed and until it is closed. */
    public MemorySegment segment() {
        var placed = segment;
        if (placed == null) {
            throw new IllegalStateException(
                    this + " has no memory: its program is not committed yet, or it is closed already");
        }
        return placed;
    }

    /** Elements in memory, padding included: what a flat elementwise loop runs over. */
    public long storedElements() {
        return layout().storedElements();
    }

    /** Bytes in memory, padding included. */
    public long storedBytes() {
        return Math.multiplyExact(storedElements(), type.bytes());
    }

    /** Whether the elements are in row-major order. */
    public boolean plain() {
        return layout().plain();
    }

    /** Whether the layout is known yet. */
    public boolean decided() {
        return choice.get() != null;
    }

    /** The layout; row-major order from now on if nobody has decided it before. */
    public Layout layout() {
        var known = choice.get();
        return known != null ? known : choice.decide(Layout.rowMajor(elements));
    }

    /** Proposes a layout for this tensor and all that are like it. The first proposal wins and is returned. */
    public Layout decide(Layout proposal) {
        return choice.decide(proposal);
    }

    /** Gives the tensor its memory, or takes it back. For {@code Binding} and {@code ParameterSet}. */
    public void place(@Nullable MemorySegment memory) {
        segment = memory;
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(dims);
    }
}
