package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/**
 * A tensor whose numbers are known.
 *
 * @param dtype f32, f64, i32, i64, u8, i8 or bool
 * @param dims sizes, which may be 0
 * @param bytes row-major and little-endian
 */
public record TensorData(DType dtype, List<Long> dims, ByteBuffer bytes) {

    /** More elements than this are not computed with while importing. */
    static final int MOST_FOLDED = 1 << 20;

    /** Larger constants come from a file only. */
    private static final long LARGEST = 1L << 28;

    public TensorData {
        dims = List.copyOf(dims);
        bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A tensor of a function of the place of an element. */
    public static TensorData floats(DType dtype, List<Long> dims, IntToDoubleFunction at) {
        TensorData made = empty(dtype, dims);
        for (int i = 0; i < made.size(); i++) {
            made.set(i, at.applyAsDouble(i));
        }
        return made;
    }

    static TensorData integers(DType dtype, List<Long> dims, IntToLongFunction at) {
        TensorData made = empty(dtype, dims);
        for (int i = 0; i < made.size(); i++) {
            made.set(i, at.applyAsLong(i));
        }
        return made;
    }

    static TensorData empty(DType dtype, List<Long> dims) {
        long size = elements(dims);
        if (size > LARGEST) {
            throw new OnnxProblem("a constant of " + dtype.text() + dims + " is too large");
        }
        return new TensorData(dtype, dims, ByteBuffer.allocate(Math.toIntExact(size * dtype.bytes())));
    }

    static TensorData vector(List<Long> values) {
        return integers(DType.I64, List.of((long) values.size()), values::get);
    }

    static long elements(List<Long> dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new OnnxProblem("a tensor has the negative size " + dim);
            }
            try {
                product = Math.multiplyExact(product, dim);
            } catch (ArithmeticException large) {
                throw new OnnxProblem("a tensor of sizes " + dims + " is too large");
            }
        }
        return product;
    }

    /** The number of elements. */
    public int size() {
        return bytes.capacity() / dtype.bytes();
    }

    /** Its type in the language. */
    public TensorType type() {
        return new TensorType(dtype, dims.stream().map(Dim::of).toList());
    }

    int rank() {
        return dims.size();
    }

    /** One element as a float. */
    public double number(int i) {
        return switch (dtype) {
            case F32 -> bytes.getFloat(i * 4);
            case F64 -> bytes.getDouble(i * 8);
            case I64, I32, I8, U8, BOOL -> integer(i);
            case F16, BF16 -> throw new IllegalStateException(dtype.text());
        };
    }

    /** One element as an integer; a float loses its fraction. */
    public long integer(int i) {
        return switch (dtype) {
            case I64 -> bytes.getLong(i * 8);
            case I32 -> bytes.getInt(i * 4);
            case U8 -> bytes.get(i) & 0xff;
            case I8, BOOL -> bytes.get(i);
            case F32, F64 -> (long) number(i);
            case F16, BF16 -> throw new IllegalStateException(dtype.text());
        };
    }

    void set(int i, double value) {
        switch (dtype) {
            case F32 -> bytes.putFloat(i * 4, (float) value);
            case F64 -> bytes.putDouble(i * 8, value);
            case BOOL -> bytes.put(i, (byte) (value != 0 ? 1 : 0));
            case I64, I32, I8, U8 -> set(i, (long) value);
            case F16, BF16 -> throw new IllegalStateException(dtype.text());
        }
    }

    void set(int i, long value) {
        switch (dtype) {
            case I64 -> bytes.putLong(i * 8, value);
            case I32 -> bytes.putInt(i * 4, (int) value);
            case U8, I8 -> bytes.put(i, (byte) value);
            case BOOL -> bytes.put(i, (byte) (value != 0 ? 1 : 0));
            case F32, F64 -> set(i, (double) value);
            case F16, BF16 -> throw new IllegalStateException(dtype.text());
        }
    }

    /** The same elements with other sizes. */
    public TensorData reshaped(List<Long> other) {
        return new TensorData(dtype, other, bytes);
    }

    TensorData cast(DType other) {
        if (other == dtype) {
            return this;
        }
        return dtype.isFloat() ? floats(other, dims, this::number) : integers(other, dims, this::integer);
    }

    List<Long> longs() {
        return java.util.stream.IntStream.range(0, size())
                .mapToObj(this::integer)
                .toList();
    }

    /** Strides in elements, row-major. */
    static long[] strides(List<Long> dims) {
        var strides = new long[dims.size()];
        long step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= dims.get(i);
        }
        return strides;
    }

    /** A tensor whose element at each place is this one's at the place that {@code source} gives. */
    TensorData moved(List<Long> newDims, java.util.function.IntUnaryOperator source) {
        TensorData made = empty(dtype, newDims);
        int width = dtype.bytes();
        for (int i = 0; i < made.size(); i++) {
            made.bytes.put(i * width, bytes, source.applyAsInt(i) * width, width);
        }
        return made;
    }

    /** The axes in another order. */
    public TensorData transposed(List<Integer> order) {
        List<Long> newDims = order.stream().map(dims::get).toList();
        long[] from = strides(dims);
        long[] to = strides(newDims);
        return moved(newDims, i -> {
            long rest = i;
            long at = 0;
            for (int d = 0; d < to.length; d++) {
                at += rest / to[d] * from[order.get(d)];
                rest %= to[d];
            }
            return (int) at;
        });
    }

    /** The entries of an axis from one place to another. */
    public TensorData cut(int axis, long from, long to) {
        var newDims = new java.util.ArrayList<>(dims);
        newDims.set(axis, to - from);
        long inner = elements(dims.subList(axis + 1, dims.size()));
        long size = dims.get(axis);
        return moved(newDims, i -> {
            long row = i / inner;
            long place = row % (to - from) + from;
            return (int) ((row / (to - from) * size + place) * inner + i % inner);
        });
    }

    /** As NumPy's broadcast_to. */
    TensorData broadcast(List<Long> wanted) {
        if (wanted.equals(dims)) {
            return this;
        }
        int shift = wanted.size() - dims.size();
        long[] from = strides(dims);
        long[] to = strides(wanted);
        return moved(wanted, i -> {
            long rest = i;
            long at = 0;
            for (int d = 0; d < to.length; d++) {
                long place = rest / to[d];
                rest %= to[d];
                if (d >= shift && dims.get(d - shift) != 1) {
                    at += place * from[d - shift];
                }
            }
            return (int) at;
        });
    }
}
