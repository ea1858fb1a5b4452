package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Numbers in row-major order, wherever they are. The reference kernels compute in double and store through this. */
public interface Elements {

    double get(long index);

    void set(long index, double value);

    /** A double array. */
    static Elements of(double[] values) {
        return new OfDoubles(values);
    }

    /** A float array. */
    static Elements of(float[] values) {
        return new OfFloats(values);
    }

    /** The memory of a row-major tensor of type F32, F64 or I32. */
    static Elements of(Tensor tensor) {
        if (!tensor.plain()) {
            throw new IllegalArgumentException(tensor + " is not in row-major order");
        }
        return of(tensor.type(), tensor.segment());
    }

    /** Memory that holds F32, F64 or I32 elements. */
    static Elements of(ElementType type, MemorySegment segment) {
        return switch (type) {
            case F32 -> new F32(segment);
            case F64 -> new F64(segment);
            case I32 -> new I32(segment);
            case BF16, I64, U8, BOOL -> throw new IllegalArgumentException("no arithmetic on " + type);
        };
    }

    /** A double array. */
    record OfDoubles(double[] values) implements Elements {
        @Override
        public double get(long index) {
            return values[(int) index];
        }

        @Override
        public void set(long index, double value) {
            values[(int) index] = value;
        }
    }

    /** A float array. */
    record OfFloats(float[] values) implements Elements {
        @Override
        public double get(long index) {
            return values[(int) index];
        }

        @Override
        public void set(long index, double value) {
            values[(int) index] = (float) value;
        }
    }

    /** Native floats. */
    record F32(MemorySegment segment) implements Elements {
        @Override
        public double get(long index) {
            return segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
        }

        @Override
        public void set(long index, double value) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
        }
    }

    /** Native doubles. */
    record F64(MemorySegment segment) implements Elements {
        @Override
        public double get(long index) {
            return segment.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
        }

        @Override
        public void set(long index, double value) {
            segment.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
        }
    }

    /** Native ints; a double holds each of them exactly. */
    record I32(MemorySegment segment) implements Elements {
        @Override
        public double get(long index) {
            return segment.getAtIndex(ValueLayout.JAVA_INT, index);
        }

        @Override
        public void set(long index, double value) {
            segment.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
        }
    }
}
