package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterGroup;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;

/**
 * Adafactor (Shazeer and Stern, 2018), as {@code torch.optim.Adafactor}: with s = step^-decay, the mean squares of a matrix' rows
 * r += s (mean of g^2 along the row - r) and of its columns c, and v = r c / mean(r); of a weight with one dim v += s (g^2 - v).
 * u = g / sqrt(max(v, eps1^2)); p -= max(eps2, rms(p)) min(lr, 1 / sqrt(step)) u / max(1, rms(u) / clip) and lr weight_decay p.
 * Weights of more dims are matrices of their last two.
 */
public final class Adafactor {

    /** Numbers of a step. */
    public record Numbers(
            double lr, double decay, double clip, double eps1, double eps2, double weightDecay, long step) {}

    private final RowMajor copies = new RowMajor();
    private float[] weights = {};
    private float[] gradients = {};
    private float[] squares = {};
    private float[] change = {};

    /**
     * Puts what the weights of the groups change by in place of their gradients.
     *
     * @param v the mean squares; of a matrix those of its rows, then those of its columns, at the beginning of its part
     */
    public void change(ParameterSet all, MemorySegment v, Numbers numbers, ParameterGroup... groups) {
        for (var parameter : all.within(groups)) {
            weights = copies.read(parameter, all.values(), weights);
            gradients = copies.read(parameter, all.gradients(), gradients);
            squares = copies.read(parameter, v, squares);
            change = RowMajor.sized(change, parameter.elements());
            estimate(parameter, Math.pow(numbers.step, -numbers.decay), numbers.eps1);
            copies.write(parameter, squares, v);
            scale((int) parameter.elements(), numbers);
            copies.write(parameter, change, all.gradients());
        }
    }

    /** Moves the mean squares, and leaves in {@code change} the gradients over their roots. */
    private void estimate(Parameter parameter, double share, double eps) {
        long[] dims = parameter.dims();
        int n = dims.length;
        int columns = n == 0 ? 1 : (int) dims[n - 1];
        int rows = n < 2 ? 1 : (int) dims[n - 2];
        int elements = (int) parameter.elements();
        if (rows == 1 || columns == 1) { // as a row and a column it would be larger, and the same
            for (int i = 0; i < elements; i++) {
                double square = (double) gradients[i] * gradients[i];
                squares[i] = (float) (squares[i] + share * (square - squares[i]));
                change[i] = (float) (gradients[i] / Math.sqrt(Math.max(squares[i], eps * eps)));
            }
            return;
        }
        for (int from = 0; from < elements; from += rows * columns) {
            matrix(from, rows, columns, share, eps);
        }
    }

    private void matrix(int from, int rows, int columns, double share, double eps) {
        int second = from + rows;
        double mean = 0;
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                double g = gradients[from + r * columns + c];
                sum += g * g;
            }
            squares[from + r] = (float) (squares[from + r] + share * (sum / columns - squares[from + r]));
            mean += squares[from + r] / rows;
        }
        for (int c = 0; c < columns; c++) {
            double sum = 0;
            for (int r = 0; r < rows; r++) {
                double g = gradients[from + r * columns + c];
                sum += g * g;
            }
            squares[second + c] = (float) (squares[second + c] + share * (sum / rows - squares[second + c]));
        }
        double below = Math.max(mean, eps);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                int i = from + r * columns + c;
                double v = (double) squares[from + r] * squares[second + c] / below;
                change[i] = (float) (gradients[i] / Math.sqrt(Math.max(v, eps * eps)));
            }
        }
    }

    private void scale(int n, Numbers numbers) {
        double rate =
                Math.max(numbers.eps2, rootMeanSquare(weights, n)) * Math.min(numbers.lr, 1 / Math.sqrt(numbers.step));
        double step = rate / Math.max(1, rootMeanSquare(change, n) / numbers.clip);
        double decay = numbers.lr * numbers.weightDecay;
        for (int i = 0; i < n; i++) {
            change[i] = (float) (step * change[i] + decay * weights[i]);
        }
    }

    private static double rootMeanSquare(float[] values, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) values[i] * values[i];
        }
        return Math.sqrt(sum / n);
    }
}
