package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Window2d;
import java.lang.foreign.Arena;

/** A window in oneDNN's terms, as pointers to height and width; its dilation counts the holes, so it is one less. */
final class Geometry {

    private Geometry() {}

    static long kernel(Arena arena, Window2d window) {
        return Descriptors.longs(arena, window.kernelHeight(), window.kernelWidth());
    }

    static long strides(Arena arena, Window2d window) {
        return Descriptors.longs(arena, window.strideHeight(), window.strideWidth());
    }

    static long dilations(Arena arena, Window2d window) {
        return Descriptors.longs(arena, window.dilationHeight() - 1L, window.dilationWidth() - 1L);
    }

    static long padBefore(Arena arena, Window2d window) {
        return Descriptors.longs(arena, window.padTop(), window.padLeft());
    }

    static long padAfter(Arena arena, Window2d window) {
        return Descriptors.longs(arena, window.padBottom(), window.padRight());
    }
}
