package dev.nnd.runtime.train;

import dev.nnd.runtime.program.ParameterGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Limits gradients before an update. */
public final class GradientClipping {

    /** As in PyTorch, so that a norm of 0 divides nothing by 0. */
    private static final double EPSILON = 1e-6;

    private GradientClipping() {}

    /** Cuts each element to the range from {@code -limit} to {@code limit}. */
    public static void byValue(MemorySegment gradients, double limit, ParameterGroup... groups) {
        float most = (float) limit;
        for (var group : groups) {
            for (long i = group.from(); i < group.to(); i++) {
                float g = gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                gradients.setAtIndex(ValueLayout.JAVA_FLOAT, i, Math.min(most, Math.max(-most, g)));
            }
        }
    }

    /**
     * Scales all gradients down together if the root of the sum of all their squares is more than {@code limit}, as
     * {@code torch.nn.utils.clip_grad_norm_} does.
     */
    public static void byNorm(MemorySegment gradients, double limit, ParameterGroup... groups) {
        double sum = 0;
        for (var group : groups) {
            sum += squares(gradients, group.from(), group.to());
        }
        double scale = limit / (Math.sqrt(sum) + EPSILON);
        if (scale < 1) {
            for (var group : groups) {
                scale(gradients, (float) scale, group.from(), group.to());
            }
        }
    }

    /** In four sums, which need not wait for one another. */
    private static double squares(MemorySegment gradients, long from, long to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        long i = from;
        for (; i + 3 < to; i += 4) {
            double g0 = gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double g1 = gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i + 1);
            double g2 = gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i + 2);
            double g3 = gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i + 3);
            a += g0 * g0;
            b += g1 * g1;
            c += g2 * g2;
            d += g3 * g3;
        }
        for (; i < to; i++) {
            double g = gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            a += g * g;
        }
        return a + b + c + d;
    }

    private static void scale(MemorySegment gradients, float scale, long from, long to) {
        for (long i = from; i < to; i++) {
            gradients.setAtIndex(ValueLayout.JAVA_FLOAT, i, gradients.getAtIndex(ValueLayout.JAVA_FLOAT, i) * scale);
        }
    }
}
