package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.memory.ElementType;

/**
 * The inner loops of one element type. Places are addresses of native memory; strides and steps are in bytes, counts in
 * elements. Stateless; nothing is allocated.
 */
abstract class MatrixKernels {

    /** How many vectors {@link #dots} writes at a time. */
    static final int SPARE = 16;

    /** Those of f32 or f64, on vectors where the JVM has them and they are wanted. */
    static MatrixKernels of(ElementType type, boolean vectors) {
        return switch (type) {
            case F32 -> vectors ? FloatMatrixKernels.INSTANCE : new FloatMatrixKernels();
            case F64 -> vectors ? DoubleMatrixKernels.INSTANCE : new DoubleMatrixKernels();
            case BF16, I32, I64, U8, BOOL -> throw new IllegalArgumentException("no arithmetic on " + type);
        };
    }

    /** Bytes of an element. */
    abstract int bytes();

    /** How many columns {@link #multiply} computes at once. */
    abstract int panel();

    /** How many elements a vector has; 1 without vectors. */
    abstract int lanes();

    /** Bytes of a vector. */
    final long width() {
        return (long) lanes() * bytes();
    }

    abstract double get(long at);

    abstract void set(long at, double value);

    /**
     * c [rows, panel] += a [rows, depth] b [depth, panel] for a part of the depth.
     *
     * @param places at 2 k where column k of a is behind its first, at 2 k + 1 the same for row k of b
     * @param as the stride between rows of a, {@code cs} between those of c
     */
    abstract void multiply(long rows, int from, int to, long[] places, long a, long as, long b, long c, long cs);

    /**
     * c [rows, columns] += a [rows, depth] b [columns, depth]^T for some columns, where rows of a and b are contiguous.
     *
     * @param places where row j of b is behind b
     * @param spare room for {@link #SPARE} vectors
     */
    abstract void dots(
            long rows,
            int from,
            int to,
            long depth,
            long a,
            long as,
            long b,
            long[] places,
            long c,
            long cs,
            long spare);

    /** c [rows, columns] += a [rows, depth] b [depth, columns] for few rows: reads b along its rows. */
    abstract void multiplyRows(
            long rows, long columns, long depth, long a, long as, long ks, long b, long bs, long c, long cs);

    /** Rows [count, depth] to a panel [depth, panel] with zeros where there is no row. */
    abstract void packTransposed(long from, long stride, long count, long depth, long to);

    /** Rows [depth, panels * panel] to panels [panels, depth, panel]. */
    abstract void pack(long from, long stride, long depth, long panels, long to);

    /** Rows [depth, count] to a panel [depth, panel] with zeros behind each row. */
    final void packRest(long from, long stride, long count, long depth, long to) {
        long width = (long) panel() * bytes();
        fill(to, depth * panel(), 0);
        copyRows(depth, from, stride, to, width, count);
    }

    abstract void copy(long from, long to, long count);

    /** Copies elements that are apart. */
    abstract void copy(long from, long fromStep, long to, long toStep, long count);

    abstract void fill(long at, long count, double value);

    /** Copies rows of {@code count} elements. */
    abstract void copyRows(long rows, long from, long fs, long to, long ts, long count);

    /**
     * to [rows, count] = tail(from [rows, count]).
     *
     * @param first the channel of the first row
     */
    abstract void finish(long rows, long from, long fs, long to, long ts, long count, Tail tail, long first);

    /** The same with results that are {@code step} apart. */
    abstract void finish(long rows, long from, long fs, long to, long ts, long step, long count, Tail tail, long first);

    /** max(x, 0) in place. */
    abstract void relu(long at, long count);

    /**
     * The sum of some elements.
     *
     * @param spare room for a vector
     */
    abstract double sum(long at, long count, long spare);

    /** to += from. */
    abstract void add(long from, long to, long count);
}
