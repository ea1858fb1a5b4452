package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterGroup;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Muon (Jordan et al., 2024), as {@code torch.optim.Muon} but in f32 instead of bf16: b = momentum b + (1 - momentum) g of a
 * matrix, with Nesterov's form (1 - momentum) g + momentum b, made nearly orthogonal by iterations of Newton and Schulz; p -= lr
 * sqrt(max(1, rows / columns)) times that, and lr weight_decay p. Weights that are no matrix change as by AdamW with
 * {@code adam_lr}, beta1 0.9, beta2 0.999, eps 1e-8.
 */
public final class Muon {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    /** Numbers of a step; {@code nesterov} is 1 or 0. */
    public record Numbers(
            double lr,
            double momentum,
            double nesterov,
            double iterations,
            double adamLr,
            double weightDecay,
            long step) {}

    private final RowMajor copies = new RowMajor();
    private final Orthogonal orthogonal;
    private float[] matrix = {};

    /** Whose threads share the products. */
    public Muon(Provider provider) {
        orthogonal = new Orthogonal(provider);
    }

    /**
     * Puts what the weights of the groups change by in place of their gradients.
     *
     * @param m the momentum
     * @param v the mean squares of weights that are no matrix
     */
    public void change(ParameterSet all, MemorySegment m, MemorySegment v, Numbers numbers, ParameterGroup... groups) {
        for (var parameter : all.within(groups)) {
            if (parameter.dims().length == 2) {
                matrix(all, parameter, m, numbers);
            } else {
                other(all, parameter, m, v, numbers);
            }
        }
    }

    private void matrix(ParameterSet all, Parameter parameter, MemorySegment m, Numbers numbers) {
        var g = all.gradients();
        long end = parameter.offset() + parameter.storedElements();
        float share = (float) numbers.momentum;
        for (long i = parameter.offset(); i < end; i++) {
            float gradient = g.getAtIndex(F32, i);
            float moved = Kept.mean(share * m.getAtIndex(F32, i) + (1 - share) * gradient);
            m.setAtIndex(F32, i, moved);
            g.setAtIndex(F32, i, numbers.nesterov == 0 ? moved : (1 - share) * gradient + share * moved);
        }
        int rows = Math.toIntExact(parameter.dims()[0]);
        int columns = Math.toIntExact(parameter.dims()[1]);
        matrix = copies.read(parameter, g, matrix);
        orthogonal.make(all, matrix, rows, columns, (int) numbers.iterations);
        copies.write(parameter, matrix, g);
        float scale = (float) (numbers.lr * Math.sqrt(Math.max(1, (double) rows / columns)));
        float decay = (float) (numbers.lr * numbers.weightDecay);
        var p = all.values();
        for (long i = parameter.offset(); i < end; i++) {
            g.setAtIndex(F32, i, scale * g.getAtIndex(F32, i) + decay * p.getAtIndex(F32, i));
        }
    }

    private static void other(
            ParameterSet all, Parameter parameter, MemorySegment m, MemorySegment v, Numbers numbers) {
        var g = all.gradients();
        var p = all.values();
        double rate = numbers.adamLr / (1 - Math.pow(BETA1, numbers.step));
        double root = Math.sqrt(1 - Math.pow(BETA2, numbers.step));
        double decay = numbers.adamLr * numbers.weightDecay;
        for (long i = parameter.offset(); i < parameter.offset() + parameter.storedElements(); i++) {
            double gradient = g.getAtIndex(F32, i);
            double mean = BETA1 * m.getAtIndex(F32, i) + (1 - BETA1) * gradient;
            double square = BETA2 * v.getAtIndex(F32, i) + (1 - BETA2) * gradient * gradient;
            m.setAtIndex(F32, i, Kept.mean(mean));
            v.setAtIndex(F32, i, Kept.square(square));
            g.setAtIndex(F32, i, (float)
                    (rate * mean / (Math.sqrt(square) / root + EPSILON) + decay * p.getAtIndex(F32, i)));
        }
    }
}
