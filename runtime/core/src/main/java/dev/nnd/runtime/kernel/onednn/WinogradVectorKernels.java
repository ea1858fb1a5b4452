package dev.nnd.runtime.kernel.onednn;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link WinogradKernels} on the Vector API. */
final class WinogradVectorKernels extends WinogradKernels {

    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final long WIDTH = (long) SPECIES.length() * Float.BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    WinogradVectorKernels() {
        super(SPECIES.length());
    }

    @Override
    void inputDown(long[] d, long[] steps, int pixels, long to, long line) {
        down(d[0], steps[0], d[1], steps[1], d[2], steps[2], d[3], steps[3], to, to + pixels * WIDTH, line);
    }

    private static void down(
            long first,
            long firstStep,
            long second,
            long secondStep,
            long third,
            long thirdStep,
            long fourth,
            long fourthStep,
            long to,
            long end,
            long line) {
        long i = 0;
        for (long at = to; at < end; at += WIDTH) {
            var d0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first + i * firstStep, ORDER);
            var d1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, second + i * secondStep, ORDER);
            var d2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, third + i * thirdStep, ORDER);
            var d3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, fourth + i * fourthStep, ORDER);
            d0.sub(d2).intoMemorySegment(MEMORY, at, ORDER);
            d1.add(d2).intoMemorySegment(MEMORY, at + line, ORDER);
            d2.sub(d1).intoMemorySegment(MEMORY, at + 2 * line, ORDER);
            d1.sub(d3).intoMemorySegment(MEMORY, at + 3 * line, ORDER);
            i++;
        }
    }

    @Override
    void inputAcross(long lines, long line, int tiles, long to, long place, long tile) {
        across(lines, tiles, to, place, tile);
        across(lines + line, tiles, to + 4 * place, place, tile);
        across(lines + 2 * line, tiles, to + 8 * place, place, tile);
        across(lines + 3 * line, tiles, to + 12 * place, place, tile);
    }

    private static void across(long from, int tiles, long to, long place, long tile) {
        long at = to;
        long end = from + 2 * tiles * WIDTH;
        for (long d = from; d < end; d += 2 * WIDTH) {
            var d0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, d, ORDER);
            var d1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, d + WIDTH, ORDER);
            var d2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, d + 2 * WIDTH, ORDER);
            var d3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, d + 3 * WIDTH, ORDER);
            d0.sub(d2).intoMemorySegment(MEMORY, at, ORDER);
            d1.add(d2).intoMemorySegment(MEMORY, at + place, ORDER);
            d2.sub(d1).intoMemorySegment(MEMORY, at + 2 * place, ORDER);
            d1.sub(d3).intoMemorySegment(MEMORY, at + 3 * place, ORDER);
            at += tile;
        }
    }

    @Override
    void output(long from, long place, long tile, int tiles, long to, long line) {
        outputOfTiles(from, place, tile, tiles, to, line);
    }

    private static void outputOfTiles(long from, long place, long tile, int tiles, long to, long line) {
        long end = from + tiles * tile;
        long at = to;
        for (long m = from; m < end; m += tile) {
            var a1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, m + place, ORDER);
            var a2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, m + 2 * place, ORDER);
            var left0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, m, ORDER)
                    .add(a1)
                    .add(a2);
            var right0 = a1.sub(a2).sub(FloatVector.fromMemorySegment(SPECIES, MEMORY, m + 3 * place, ORDER));
            long second = m + 4 * place;
            var b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, second + place, ORDER);
            var b2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, second + 2 * place, ORDER);
            var left1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, second, ORDER)
                    .add(b1)
                    .add(b2);
            var right1 = b1.sub(b2).sub(FloatVector.fromMemorySegment(SPECIES, MEMORY, second + 3 * place, ORDER));
            long third = second + 4 * place;
            var c1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, third + place, ORDER);
            var c2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, third + 2 * place, ORDER);
            var left2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, third, ORDER)
                    .add(c1)
                    .add(c2);
            var right2 = c1.sub(c2).sub(FloatVector.fromMemorySegment(SPECIES, MEMORY, third + 3 * place, ORDER));
            long fourth = third + 4 * place;
            var e1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, fourth + place, ORDER);
            var e2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, fourth + 2 * place, ORDER);
            var left3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, fourth, ORDER)
                    .add(e1)
                    .add(e2);
            var right3 = e1.sub(e2).sub(FloatVector.fromMemorySegment(SPECIES, MEMORY, fourth + 3 * place, ORDER));
            left0.add(left1).add(left2).intoMemorySegment(MEMORY, at, ORDER);
            right0.add(right1).add(right2).intoMemorySegment(MEMORY, at + WIDTH, ORDER);
            left1.sub(left2).sub(left3).intoMemorySegment(MEMORY, at + line, ORDER);
            right1.sub(right2).sub(right3).intoMemorySegment(MEMORY, at + line + WIDTH, ORDER);
            at += 2 * WIDTH;
        }
    }

    @Override
    void finish(long line, int pixels, long factors, long terms, float least, long to, long step) {
        finishLine(line, line + pixels * WIDTH, factors, terms, least, to, step);
    }

    private static void finishLine(long line, long end, long factors, long terms, float least, long to, long step) {
        var factor = FloatVector.fromMemorySegment(SPECIES, MEMORY, factors, ORDER);
        var term = FloatVector.fromMemorySegment(SPECIES, MEMORY, terms, ORDER);
        var floor = FloatVector.broadcast(SPECIES, least);
        long at = to;
        for (long from = line; from < end; from += WIDTH) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER)
                    .fma(factor, term)
                    .max(floor)
                    .intoMemorySegment(MEMORY, at, ORDER);
            at += step;
        }
    }

    @Override
    void finish(long line, int pixels, long factors, long terms, float least, long to, long step, long added) {
        finishAdded(line, line + pixels * WIDTH, factors, terms, least, to, step, added - to);
    }

    private static void finishAdded(
            long line, long end, long factors, long terms, float least, long to, long step, long added) {
        var factor = FloatVector.fromMemorySegment(SPECIES, MEMORY, factors, ORDER);
        var term = FloatVector.fromMemorySegment(SPECIES, MEMORY, terms, ORDER);
        var floor = FloatVector.broadcast(SPECIES, least);
        long at = to;
        for (long from = line; from < end; from += WIDTH) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER)
                    .fma(factor, term)
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, at + added, ORDER))
                    .max(floor)
                    .intoMemorySegment(MEMORY, at, ORDER);
            at += step;
        }
    }
}
