package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes what a kernel of two axes sees at each of its places as a row ("im2col"): of images [n, h, w, c] the matrix [n oh ow, kh kw c], with zeros
 * beside the image.
 */
final class ImagePatches implements Runnable {

    private static final MemorySegment MEMORY = NativeMemory.ALL;

    private final Shapes.Convolution shape;
    private final long images;
    private final long patches;
    /** Bytes of a pixel, and of a line of the image. */
    private final long pixel;

    private final long line;
    private final long rows;

    /** Of tensors that have their memory. */
    ImagePatches(Tensor images, Tensor patches, Shapes.Convolution shape) {
        this.shape = shape;
        pixel = shape.c() * Float.BYTES;
        line = pixel * shape.in()[1];
        rows = shape.n() * shape.out()[0] * shape.out()[1];
        this.images = NativeMemory.address(images.segment(), shape.n() * shape.in()[0] * line);
        this.patches = NativeMemory.address(patches.segment(), rows * terms(shape) * Float.BYTES);
    }

    /** Numbers of a row. */
    static long terms(Shapes.Convolution shape) {
        return shape.window().kernel().stream().mapToLong(size -> size).reduce(shape.c(), Math::multiplyExact);
    }

    @Override
    public void run() {
        var window = shape.window();
        int height = window.kernel().get(0);
        int down = window.stride().get(0);
        int across = window.stride().get(1);
        int above = window.padBefore().get(0);
        int left = window.padBefore().get(1);
        int apart = window.dilation().get(0);
        long to = patches;
        for (long n = 0; n < shape.n(); n++) {
            long image = images + n * shape.in()[0] * line;
            for (long y = 0; y < shape.out()[0]; y++) {
                for (long x = 0; x < shape.out()[1]; x++) {
                    for (int k = 0; k < height; k++) {
                        to = line(image, y * down - above + (long) k * apart, x * across - left, to);
                    }
                }
            }
        }
    }

    /** Writes one line of a patch; returns where the next one begins. */
    private long line(long image, long y, long x, long to) {
        long width = shape.window().kernel().get(1);
        long size = shape.in()[1];
        long from = Math.clamp(-x, 0, width);
        long until = Math.clamp(size - x, from, width);
        if (y < 0 || y >= shape.in()[0]) {
            until = from;
        }
        zero(to, to + from * pixel);
        if (until > from) {
            MemorySegment.copy(
                    MEMORY, image + y * line + (x + from) * pixel, MEMORY, to + from * pixel, (until - from) * pixel);
        }
        long end = to + width * pixel;
        zero(to + until * pixel, end);
        return end;
    }

    private static void zero(long from, long end) {
        for (long at = from; at < end; at += Float.BYTES) {
            MEMORY.set(ValueLayout.JAVA_FLOAT, at, 0f);
        }
    }
}
