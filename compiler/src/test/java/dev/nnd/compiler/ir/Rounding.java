package dev.nnd.compiler.ir;

import java.util.stream.DoubleStream;

/** How far numbers in double precision may be apart that different orders of the same steps give. */
public final class Rounding {

    private static final double RELATIVE = 1e-9;

    private Rounding() {}

    /** Relative to the largest of these, or absolute below 1; what is not finite says nothing about it. */
    public static double tolerance(double[] wanted) {
        return RELATIVE
                * DoubleStream.of(wanted)
                        .map(Math::abs)
                        .filter(Double::isFinite)
                        .reduce(1, Math::max);
    }
}
