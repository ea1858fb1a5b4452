package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What oneDNN computes a primitive description with. */
final class Implementation {

    private static final int QUERY = 8;
    private static final int LONGEST_NAME = 256;

    private Implementation() {}

    /** oneDNN's name of it, such as {@code brg_conv_fwd:avx512_core}. */
    @SuppressWarnings("restricted") // the pointer is the library's own
    static String name(long description) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_LONG);
            DnnlFunction.PRIMITIVE_DESC_QUERY.call(description, QUERY, 0, out.address());
            return MemorySegment.ofAddress(out.get(ValueLayout.JAVA_LONG, 0))
                    .reinterpret(LONGEST_NAME)
                    .getString(0);
        }
    }

    /** 0 for machine code made for the shape, 1 for a detour by a matrix product, 2 for plain C++ loops. */
    static int slowness(long description) {
        String name = name(description);
        if (name.startsWith("ref")) {
            return 2;
        }
        return name.startsWith("gemm") ? 1 : 0;
    }
}
