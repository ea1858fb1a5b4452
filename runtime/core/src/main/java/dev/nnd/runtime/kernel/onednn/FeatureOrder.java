package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.Optional;

/**
 * In which order the features of a row lie in memory. Whatever the order, rows follow each other without gaps, so that n
 * rows are a matrix [n, {@link #stored}]. Features in row-major order are [c, 1, 1].
 *
 * @param tag oneDNN's format tag of [rows, c, h, w]
 */
record FeatureOrder(Tag tag, long c, long h, long w) {

    /** The orders that convolutions use for activations. */
    enum Tag {
        ROW_MAJOR(5, 1),
        CHANNELS_LAST(22, 1),
        BLOCKS_OF_4(84, 4),
        BLOCKS_OF_8(102, 8),
        BLOCKS_OF_16(78, 16);

        private final int code;
        private final int block;

        Tag(int code, int block) {
            this.code = code;
            this.block = block;
        }
    }

    private static final int IMAGE_RANK = 4;

    /** Row-major order of f features. */
    static FeatureOrder plain(long f) {
        return new FeatureOrder(Tag.ROW_MAJOR, f, 1, 1);
    }

    /** The order in a tensor's rows; empty if it is none of these. */
    static Optional<FeatureOrder> of(Tensor x, Descriptors descriptors) {
        if (x.plain()) {
            return Optional.of(plain(x.elements() / x.dim(0)));
        }
        if (x.layout() instanceof DnnlLayout layout && layout.dims().length == IMAGE_RANK) {
            long descriptor = descriptors.of(x);
            var dims = layout.dims();
            for (var tag : Tag.values()) {
                var order = new FeatureOrder(tag, dims[1], dims[2], dims[3]);
                if (Descriptors.same(descriptor, order.descriptor(descriptors, dims[0]))) {
                    return Optional.of(order);
                }
            }
        }
        return Optional.empty();
    }

    boolean plain() {
        return tag == Tag.ROW_MAJOR;
    }

    /** Elements of a row in memory, padding included. */
    long stored() {
        return Math.ceilDiv(c, tag.block) * tag.block * h * w;
    }

    /** The logical features. */
    long features() {
        return c * h * w;
    }

    /** A descriptor of rows in this order, as [rows, c, h, w]. */
    long descriptor(Descriptors descriptors, long rows) {
        return descriptors.tagged(ElementType.F32, tag.code, rows, c, h, w);
    }

    /** A descriptor of the same rows in row-major order. */
    long plainDescriptor(Descriptors descriptors, long rows) {
        return descriptors.plain(ElementType.F32, rows, c, h, w);
    }

    /** A descriptor of rows in this order as the matrix that they are in memory. */
    long matrix(Descriptors descriptors, long rows) {
        return descriptors.plain(ElementType.F32, rows, stored());
    }
}
