package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Workers;
import java.util.Arrays;

/** Computes a {@link Region} in strips: some places of a copy, for all channels or some. */
final class RegionWork implements Workers.Work {

    /** The depth of a part of a product. */
    private static final int DEPTH = 256;

    /** Bytes of sums that stay in the second cache beside what they are made of. */
    private static final long STRIP = 1 << 16;

    /** Parts for each thread: some more than one, for threads that are not equally fast. */
    private static final long EACH = 3;

    private static final long ROW_UNIT = 8;

    private final WindowProduct product;
    private final WindowProduct.Operands at;
    private final MatrixKernels kernels;
    private final WindowProduct.Form form;
    private final Region region;
    private final int bytes;
    private final int depth;
    private final long[] places;
    private final long span;
    private final long width;
    private final long strips;
    private final long rowStep;
    private final long rowCuts;
    private final boolean flat;
    private final long resultBytes;

    /** The first image of the block. */
    long first;

    RegionWork(WindowProduct product, Region region, WindowProduct.Operands at) {
        this.product = product;
        this.at = at;
        this.region = region;
        kernels = product.kernels;
        form = product.form;
        bytes = kernels.bytes();
        places = places();
        depth = places.length / 2;
        span = region.span(product.planes);
        width = width(product, region);
        strips = Math.ceilDiv(span, width);
        long units = product.block() * form.groups() * strips;
        long cuts = product.threads == 1 ? 1 : Math.ceilDiv(product.threads * EACH, units);
        rowStep = Math.ceilDiv(Math.ceilDiv(form.rows(), cuts), ROW_UNIT) * ROW_UNIT;
        rowCuts = Math.ceilDiv(form.rows(), rowStep);
        resultBytes = (long) Axes.volume(form.size()) * bytes;
        // Of one length is not enough: results of one phase, with what lies between their rows, may be as long as all
        // of them.
        flat = Arrays.equals(region.counts(), form.size()) && span * bytes == resultBytes;
    }

    private long[] places() {
        int elements = region.elements().length;
        var pairs = new long[2 * form.channels() * elements];
        for (int c = 0; c < form.channels(); c++) {
            for (int i = 0; i < elements; i++) {
                int k = c * elements + i;
                pairs[2 * k] = c * form.aChannel() + (long) region.elements()[i] * bytes;
                pairs[2 * k + 1] = c * product.planeBytes() + region.offsets()[i] * bytes;
            }
        }
        return pairs;
    }

    /** Strips of nearly one width, which is whole panels. */
    static long width(WindowProduct product, Region region) {
        long panel = product.kernels.panel();
        long span = region.span(product.planes);
        long fit = Math.max(STRIP / (product.form.rows() * product.kernels.bytes()) / panel, 1) * panel;
        return Math.ceilDiv(Math.ceilDiv(span, Math.ceilDiv(span, fit)), panel) * panel;
    }

    /** Bytes of scratch memory for each thread. */
    static long stripBytes(WindowProduct product, Region region) {
        return width(product, region) * product.form.rows() * product.kernels.bytes();
    }

    /** For so many images. */
    int parts(long images) {
        return Math.toIntExact(images * form.groups() * strips * rowCuts);
    }

    @Override
    public void run(int part, int slot) {
        long row = part % rowCuts * rowStep;
        long rest = part / rowCuts;
        long place = place(rest % strips);
        rest /= strips;
        long group = rest % form.groups();
        long image = rest / form.groups();
        long rows = Math.min(rowStep, form.rows() - row);
        long count = Math.min(width, span - place);
        long strip = at.strips() + slot * product.stripBytes();
        kernels.fill(strip, rows * width, 0);
        long weights = at.weights() + group * form.aGroup() + row * form.aRow();
        long planes = (product.direct() ? at.source() + first * product.imageBytes() : at.planes())
                + image * product.imageBytes()
                + group * form.channels() * product.planeBytes()
                + place * bytes;
        add(rows, count, weights, planes, strip);
        long channel = group * form.rows() + row;
        long result = at.result() + ((first + image) * form.groups() * form.rows() + channel) * resultBytes;
        if (flat) {
            long to = result + place * bytes;
            kernels.finish(rows, strip, width * bytes, to, resultBytes, count, at.tail(), channel);
        } else {
            finish(rows, place, place + count, strip, result, channel);
        }
    }

    /** Where a strip begins: the last one over the end of the one before, so that it reads nothing behind its own end. */
    private long place(long strip) {
        return Math.max(0, Math.min(strip * width, span - width));
    }

    private void add(long rows, long count, long weights, long planes, long strip) {
        int panel = kernels.panel();
        for (int k = 0; k < depth; k += DEPTH) {
            int end = Math.min(k + DEPTH, depth);
            for (long j = 0; j < count; j += panel) {
                kernels.multiply(
                        rows,
                        k,
                        end,
                        places,
                        weights,
                        form.aRow(),
                        planes + j * bytes,
                        strip + j * bytes,
                        width * bytes);
            }
        }
    }

    /** Writes the results of places from one to another; what lies between rows is none. */
    private void finish(long rows, long from, long to, long strip, long result, long channel) {
        int[] counts = region.counts();
        long line = product.planes.place(0, 1, 0);
        long lines = product.planes.place(1, 0, 0) / line;
        for (long i = from / line; i * line < to; i++) {
            int d = (int) (i / lines);
            int h = (int) (i % lines);
            long low = Math.max(from, i * line);
            long high = Math.min(to, i * line + counts[2]);
            if (h < counts[1] && low < high) {
                long target = result + resultPlace(d, h, (int) (low - i * line)) * bytes;
                int step = region.step()[2];
                long source = strip + (low - from) * bytes;
                if (step == 1) {
                    kernels.finish(rows, source, width * bytes, target, resultBytes, high - low, at.tail(), channel);
                } else {
                    kernels.finish(
                            rows,
                            source,
                            width * bytes,
                            target,
                            resultBytes,
                            (long) step * bytes,
                            high - low,
                            at.tail(),
                            channel);
                }
            }
        }
    }

    private long resultPlace(int d, int h, int w) {
        int[] start = region.start();
        int[] step = region.step();
        long row = (long) (start[0] + d * step[0]) * form.size()[1] + start[1] + h * step[1];
        return row * form.size()[2] + start[2] + (long) w * step[2];
    }
}
