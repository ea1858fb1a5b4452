package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterGroup;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * LAMB (You et al., 2020, "Large batch optimization for deep learning", version 3): m = beta1 m + (1 - beta1) g; v = beta2 v +
 * (1 - beta2) g^2; r = m / (1 - beta1^step) / (sqrt(v / (1 - beta2^step)) + eps) + weight_decay p; p -= lr norm(p) / norm(r) r,
 * with norms of each parameter; where one of them is 0, p -= lr r.
 */
public final class Lamb {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    /** Numbers of a step. */
    public record Numbers(double lr, double beta1, double beta2, double eps, double weightDecay, long step) {}

    private Lamb() {}

    /** Puts what the weights of the groups change by in place of their gradients. */
    public static void change(
            ParameterSet all, MemorySegment m, MemorySegment v, Numbers numbers, ParameterGroup... groups) {
        for (var parameter : all.within(groups)) {
            change(all, parameter, m, v, numbers);
        }
    }

    private static void change(
            ParameterSet all, Parameter parameter, MemorySegment m, MemorySegment v, Numbers numbers) {
        var p = all.values();
        var g = all.gradients();
        double first = 1 - Math.pow(numbers.beta1, numbers.step);
        double second = 1 - Math.pow(numbers.beta2, numbers.step);
        double weights = 0;
        double directions = 0;
        long end = parameter.offset() + parameter.storedElements();
        for (long i = parameter.offset(); i < end; i++) {
            double gradient = g.getAtIndex(F32, i);
            double mean = numbers.beta1 * m.getAtIndex(F32, i) + (1 - numbers.beta1) * gradient;
            double square = numbers.beta2 * v.getAtIndex(F32, i) + (1 - numbers.beta2) * gradient * gradient;
            m.setAtIndex(F32, i, Kept.mean(mean));
            v.setAtIndex(F32, i, Kept.square(square));
            double weight = p.getAtIndex(F32, i);
            double direction = mean / first / (Math.sqrt(square / second) + numbers.eps) + numbers.weightDecay * weight;
            weights += weight * weight;
            directions += direction * direction;
            g.setAtIndex(F32, i, (float) direction);
        }
        double ratio = weights > 0 && directions > 0 ? Math.sqrt(weights / directions) : 1;
        float scale = (float) (numbers.lr * ratio);
        for (long i = parameter.offset(); i < end; i++) {
            g.setAtIndex(F32, i, scale * g.getAtIndex(F32, i));
        }
    }
}
