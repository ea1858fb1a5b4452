package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Workers;
import java.util.List;

/**
 * A convolution, or the gradient of one by its input: blocks of images are copied into {@link Planes}, of which
 * {@link RegionWork} computes the results.
 */
final class WindowProduct {

    /** Bytes of planes that stay in the second cache. */
    private static final long BLOCK = 1 << 19;

    /**
     * What it computes.
     *
     * @param channels channels of the source in each group, {@code rows} those of the result
     * @param aRow bytes from a row of the weights to the next, {@code aChannel} from a channel of the source to the next,
     *     {@code aGroup} from a group to the next; elements of a window are neighbours
     * @param size the sizes of a plane of the result
     */
    record Form(long images, int groups, int channels, long rows, long aRow, long aChannel, long aGroup, int[] size) {}

    /** Where the operands are. */
    record Operands(long source, long weights, long result, Tail tail, long planes, long strips) {}

    final MatrixKernels kernels;
    final Form form;
    final Planes planes;
    final int threads;
    private final List<Region> regions;
    private final long block;
    private final boolean direct;
    private final long stripBytes;

    WindowProduct(MatrixKernels kernels, Form form, Planes planes, List<Region> regions, int threads) {
        this.kernels = kernels;
        this.form = form;
        this.planes = planes;
        this.regions = regions;
        this.threads = threads;
        direct = planes.same()
                && regions.stream().allMatch(region -> region.span(planes) >= RegionWork.width(this, region));
        long fit = direct ? form.images : Math.max(BLOCK / imageBytes(), threads == 1 ? 1 : threads);
        block = Math.min(fit, form.images);
        stripBytes = regions.stream()
                .mapToLong(region -> RegionWork.stripBytes(this, region))
                .max()
                .orElse(0);
    }

    /** Bytes of all copies of a plane. */
    long planeBytes() {
        return planes.elements() * kernels.bytes();
    }

    /** Bytes of all copies of an image. */
    long imageBytes() {
        return form.groups * form.channels * planeBytes();
    }

    /** Whether the planes of the source serve as they are, since no tile reads behind them. */
    boolean direct() {
        return direct;
    }

    /** Bytes of scratch memory for planes: a tile may read some elements behind the last one. */
    long planesBytes() {
        return direct ? 0 : block * imageBytes() + (long) kernels.panel() * kernels.bytes();
    }

    /** Bytes of scratch memory for strips. */
    long stripsBytes() {
        return threads * stripBytes();
    }

    /** Bytes of scratch memory for each thread. */
    long stripBytes() {
        return stripBytes;
    }

    /** Images that are copied at a time. */
    long block() {
        return block;
    }

    Runnable bind(Workers workers, Operands at) {
        var writing = new Writing(this, at);
        var work =
                regions.stream().map(region -> new RegionWork(this, region, at)).toArray(RegionWork[]::new);
        return () -> {
            for (long image = 0; image < form.images; image += block) {
                long count = Math.min(block, form.images - image);
                writing.first = image;
                if (!direct) {
                    workers.run(writing, Math.toIntExact(count * form.groups * form.channels));
                }
                for (var region : work) {
                    region.first = image;
                    workers.run(region, region.parts(count));
                }
            }
        };
    }

    /** Copies a plane. */
    private static final class Writing implements Workers.Work {

        private final WindowProduct product;
        private final Operands at;
        private final long sourceBytes;
        private final long copyBytes;
        private long first;

        private Writing(WindowProduct product, Operands at) {
            this.product = product;
            this.at = at;
            sourceBytes = product.planes.sourceElements() * product.kernels.bytes();
            copyBytes = product.planes.copyElements() * product.kernels.bytes();
        }

        @Override
        public void run(int part, int slot) {
            long plane = first * product.form.groups * product.form.channels + part;
            long from = at.source + plane * sourceBytes;
            product.planes.write(product.kernels, from, at.planes + part * product.planeBytes(), copyBytes);
        }
    }
}
