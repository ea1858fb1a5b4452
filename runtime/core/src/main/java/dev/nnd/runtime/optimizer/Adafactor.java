package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.program.FactoredSquares;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterGroup;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Adafactor (Shazeer and Stern, 2018), as {@code torch.optim.Adafactor}: with s = step^-decay, the mean squares of a matrix' rows
 * r += s (mean of g^2 along the row - r) and of its columns c, and v = r c / mean(r); of a weight with one dim v += s (g^2 - v).
 * u = g / sqrt(max(v, eps1^2)); p -= max(eps2, rms(p)) min(lr, 1 / sqrt(step)) u / max(1, rms(u) / clip) and lr weight_decay p.
 * Weights of more dims are matrices of their last two. Beside the gradients it keeps the rows' and columns' numbers alone; a weight
 * whose elements a provider has put into another order is copied for the time of its change.
 */
public final class Adafactor {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    /** Numbers of a step. */
    public record Numbers(
            double lr, double decay, double clip, double eps1, double eps2, double weightDecay, long step) {}

    private final RowMajor weightCopy = new RowMajor();
    private final RowMajor gradientCopy = new RowMajor();

    /** Puts what the weights of the groups change by in place of their gradients. */
    public void change(ParameterSet all, FactoredSquares squares, Numbers numbers, ParameterGroup... groups) {
        for (var parameter : all.within(groups)) {
            boolean plain = parameter.plain();
            var weights = plain ? parameter.within(all.values()) : weightCopy.copied(parameter, all.values());
            var change = plain ? parameter.within(all.gradients()) : gradientCopy.copied(parameter, all.gradients());
            estimate(parameter, squares.of(parameter), change, Math.pow(numbers.step, -numbers.decay), numbers.eps1);
            scale(parameter.elements(), weights, change, numbers);
            if (!plain) {
                parameter.fromRowMajor(change, all.gradients());
            }
        }
    }

    /** Moves the mean squares, and puts the gradients over their roots in place of the gradients. */
    private static void estimate(
            Parameter parameter, FactoredSquares.Part part, MemorySegment change, double share, double eps) {
        long[] dims = parameter.dims();
        if (part.matrices() == 0) {
            for (long i = 0; i < parameter.elements(); i++) {
                float g = change.getAtIndex(F32, i);
                float before = part.rows().getAtIndex(F32, i);
                float v = (float) (before + share * ((double) g * g - before));
                part.rows().setAtIndex(F32, i, v);
                change.setAtIndex(F32, i, (float) (g / Math.sqrt(Math.max(v, eps * eps))));
            }
            return;
        }
        int columns = (int) dims[dims.length - 1];
        int rows = (int) dims[dims.length - 2];
        var sums = new double[columns];
        for (long m = 0; m < part.matrices(); m++) {
            matrix(
                    change.asSlice(m * rows * columns * Float.BYTES, (long) rows * columns * Float.BYTES),
                    part.rows().asSlice(m * rows * Float.BYTES, (long) rows * Float.BYTES),
                    part.columns().asSlice(m * columns * Float.BYTES, (long) columns * Float.BYTES),
                    sums,
                    share,
                    eps);
        }
    }

    private static void matrix(
            MemorySegment change,
            MemorySegment ofRows,
            MemorySegment ofColumns,
            double[] sums,
            double share,
            double eps) {
        int columns = sums.length;
        int rows = (int) (ofRows.byteSize() / Float.BYTES);
        double mean = 0;
        Arrays.fill(sums, 0);
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                double g = change.getAtIndex(F32, (long) r * columns + c);
                double square = g * g;
                sum += square;
                sums[c] += square;
            }
            mean += moved(ofRows, r, sum / columns, share) / (double) rows;
        }
        for (int c = 0; c < columns; c++) {
            moved(ofColumns, c, sums[c] / rows, share);
        }
        double below = Math.max(mean, eps);
        for (int r = 0; r < rows; r++) {
            double row = ofRows.getAtIndex(F32, r);
            for (int c = 0; c < columns; c++) {
                long i = (long) r * columns + c;
                double v = row * ofColumns.getAtIndex(F32, c) / below;
                change.setAtIndex(F32, i, (float) (change.getAtIndex(F32, i) / Math.sqrt(Math.max(v, eps * eps))));
            }
        }
    }

    /** Moves a mean towards a number; returns it. */
    private static float moved(MemorySegment means, int at, double to, double share) {
        float before = means.getAtIndex(F32, at);
        float now = (float) (before + share * (to - before));
        means.setAtIndex(F32, at, now);
        return now;
    }

    private static void scale(long n, MemorySegment weights, MemorySegment change, Numbers numbers) {
        double rate =
                Math.max(numbers.eps2, rootMeanSquare(weights, n)) * Math.min(numbers.lr, 1 / Math.sqrt(numbers.step));
        double step = rate / Math.max(1, rootMeanSquare(change, n) / numbers.clip);
        double decay = numbers.lr * numbers.weightDecay;
        for (long i = 0; i < n; i++) {
            change.setAtIndex(F32, i, (float) (step * change.getAtIndex(F32, i) + decay * weights.getAtIndex(F32, i)));
        }
    }

    private static double rootMeanSquare(MemorySegment values, long n) {
        double sum = 0;
        for (long i = 0; i < n; i++) {
            double value = values.getAtIndex(F32, i);
            sum += value * value;
        }
        return Math.sqrt(sum / n);
    }
}
