package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Stream;

/** Makes memory descriptors, which live as long as the handles they are given to, and reads them. */
final class Descriptors {

    /** What a descriptor says of a blocked layout; arrays have one entry per dim, or per inner block. */
    record Blocking(long[] dims, long[] paddedDims, long[] strides, long[] innerBlocks, long[] innerAxes) {

        /** Where an element lies, in elements, by its number in row-major order. */
        long place(long number) {
            var rest = new long[dims.length];
            long left = number;
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                rest[axis] = left % dims[axis];
                left /= dims[axis];
            }
            long place = 0;
            long inner = 1;
            for (int i = innerBlocks.length - 1; i >= 0; i--) {
                int axis = (int) innerAxes[i];
                place += rest[axis] % innerBlocks[i] * inner;
                rest[axis] /= innerBlocks[i];
                inner *= innerBlocks[i];
            }
            for (int axis = 0; axis < dims.length; axis++) {
                place += rest[axis] * strides[axis];
            }
            return place;
        }
    }

    /** DNNL_MAX_NDIMS. */
    private static final int MAXIMUM_RANK = 12;

    private static final int FORMAT_ANY = 1;
    private static final int QUERY_STRIDES = 14;
    private static final int QUERY_RANK = 256;
    private static final int QUERY_DIMS = 257;
    private static final int QUERY_DATA_TYPE = 258;
    private static final int QUERY_PADDED_DIMS = 260;
    private static final int QUERY_FORMAT_KIND = 262;
    private static final int QUERY_INNER_COUNT = 263;
    private static final int QUERY_INNER_BLOCKS = 264;
    private static final int QUERY_INNER_AXES = 265;
    private static final int BLOCKED = 2;
    private static final int SIGNED_BYTES = 5;

    private static final MemorySegment SIZE = DnnlLibrary.address("dnnl_memory_desc_get_size");
    private static final MemorySegment EQUAL = DnnlLibrary.address("dnnl_memory_desc_equal");

    private final DnnlHandles handles;

    Descriptors(DnnlHandles handles) {
        this.handles = handles;
    }

    /** Row-major order. */
    long plain(ElementType type, long... dims) {
        return strided(type, dims, rowMajorStrides(dims));
    }

    /** Any strides, in elements. */
    long strided(ElementType type, long[] dims, long[] strides) {
        return strided(code(type), dims, strides);
    }

    private long strided(int type, long[] dims, long[] strides) {
        try (var arena = Arena.ofConfined()) {
            return keep(DnnlFunction.DESC_WITH_STRIDES.create(
                    dims.length, longs(arena, dims), type, longs(arena, strides)));
        }
    }

    /** Images of floats whose channels, the second axis, lie side by side. */
    long channelsLast(long... dims) {
        return channelsLast(ElementType.F32, dims);
    }

    /** Images whose channels, the second axis, lie side by side. */
    long channelsLast(ElementType type, long... dims) {
        var strides = new long[dims.length];
        strides[1] = 1;
        long stride = dims[1];
        for (int axis = dims.length - 1; axis > 1; axis--) {
            strides[axis] = stride;
            stride *= dims[axis];
        }
        strides[0] = stride;
        return strided(type, dims, strides);
    }

    /** Whatever layout an implementation likes best. */
    long any(ElementType type, long... dims) {
        return tagged(type, FORMAT_ANY, dims);
    }

    /** One of oneDNN's named layouts. */
    long tagged(ElementType type, int tag, long... dims) {
        return tagged(code(type), tag, dims);
    }

    private long tagged(int type, int tag, long... dims) {
        try (var arena = Arena.ofConfined()) {
            return keep(DnnlFunction.DESC_WITH_TAG.create(dims.length, longs(arena, dims), type, tag));
        }
    }

    /** Signed bytes, in whatever layout an implementation likes best. */
    long anySignedBytes(long... dims) {
        return tagged(SIGNED_BYTES, FORMAT_ANY, dims);
    }

    /** Signed bytes with any strides. */
    long signedBytes(long[] dims, long[] strides) {
        return strided(SIGNED_BYTES, dims, strides);
    }

    /** The layout of a tensor as it is. */
    long of(Tensor tensor) {
        return of(tensor.layout(), tensor.type(), tensor.dims());
    }

    /** A layout; {@code dims} count only where it is row-major. */
    long of(Layout layout, ElementType type, long... dims) {
        if (layout instanceof NativeLayout own) {
            return own.descriptor(handles);
        }
        if (!layout.plain()) {
            throw new IllegalArgumentException("no single descriptor for " + layout);
        }
        return plain(type, dims);
    }

    private long keep(long descriptor) {
        return handles.keep(descriptor, DnnlFunction.DESC_DESTROY);
    }

    /** A dnnl_dims_t, as a pointer. */
    static long longs(Arena arena, long... values) {
        var array = arena.allocate(ValueLayout.JAVA_LONG, MAXIMUM_RANK);
        MemorySegment.copy(values, 0, array, ValueLayout.JAVA_LONG, 0, values.length);
        return array.address();
    }

    static long[] rowMajorStrides(long[] dims) {
        var strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(dims[i], 1);
        }
        return strides;
    }

    private static int code(ElementType type) {
        return switch (type) {
            case BF16 -> 2;
            case F32 -> 3;
            case I32 -> 4;
            case U8 -> 6;
            case F64, I64, BOOL -> throw new IllegalArgumentException("oneDNN has no " + type + " here");
        };
    }

    /** The element type. */
    static ElementType type(long descriptor) {
        return switch ((int) number(descriptor, QUERY_DATA_TYPE)) {
            case 2 -> ElementType.BF16;
            case 3 -> ElementType.F32;
            case 4 -> ElementType.I32;
            case 6 -> ElementType.U8;
            default -> throw new IllegalStateException("a data type that was not asked for");
        };
    }

    /** Bytes that it needs. */
    static long bytes(long descriptor) {
        return NativeCalls.call(SIZE, descriptor, 0, 0, 0);
    }

    /** Whether two descriptors mean the same dims and the same order. */
    static boolean same(long one, long other) {
        return (int) NativeCalls.call(EQUAL, one, other, 0, 0) != 0;
    }

    /** What is equal for descriptors of the same dims in the same order, whatever the numbers are. */
    static Object order(long descriptor) {
        if (!blocked(descriptor)) {
            return PackedForm.of(descriptor);
        }
        var order = blocking(descriptor);
        return Stream.of(order.dims(), order.paddedDims(), order.strides(), order.innerBlocks(), order.innerAxes())
                .map(numbers -> Arrays.stream(numbers).boxed().toList())
                .toList();
    }

    /** The logical dims. */
    static long[] dims(long descriptor) {
        return array(descriptor, QUERY_DIMS, (int) number(descriptor, QUERY_RANK));
    }

    /** Whether the order is made of strides and inner blocks, so that {@link #blocking} can tell it. */
    static boolean blocked(long descriptor) {
        return number(descriptor, QUERY_FORMAT_KIND) == BLOCKED;
    }

    /** The order of elements. */
    static Blocking blocking(long descriptor) {
        int rank = (int) number(descriptor, QUERY_RANK);
        int inner = (int) number(descriptor, QUERY_INNER_COUNT);
        return new Blocking(
                array(descriptor, QUERY_DIMS, rank),
                array(descriptor, QUERY_PADDED_DIMS, rank),
                array(descriptor, QUERY_STRIDES, rank),
                array(descriptor, QUERY_INNER_BLOCKS, inner),
                array(descriptor, QUERY_INNER_AXES, inner));
    }

    private static long number(long descriptor, int what) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_LONG);
            DnnlFunction.DESC_QUERY.call(descriptor, what, out.address());
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    @SuppressWarnings("restricted") // the pointer is the library's own
    private static long[] array(long descriptor, int what, int length) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_LONG);
            DnnlFunction.DESC_QUERY.call(descriptor, what, out.address());
            return MemorySegment.ofAddress(out.get(ValueLayout.JAVA_LONG, 0))
                    .reinterpret((long) length * Long.BYTES)
                    .toArray(ValueLayout.JAVA_LONG);
        }
    }
}
