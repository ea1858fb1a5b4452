package dev.nnd.runtime.kernel;

/** Functions that the Java library has not, for generated kernels. */
public final class Arithmetic {

    private Arithmetic() {}

    /** a - b floor(a / b), exactly: the sign is that of b. */
    public static float remainder(float a, float b) {
        float rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    /** a - b floor(a / b), exactly: the sign is that of b. */
    public static double remainder(double a, double b) {
        double rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    /**
     * The error function: {@code 2 / sqrt(pi) * exp(-x^2) * sum(2^n x^(2n+1) / (1 * 3 * ... * (2n+1)))}, Abramowitz and
     * Stegun 7.1.6, in which all terms have one sign. From 6 on the difference from 1 is below the precision of a double.
     */
    public static double erf(double x) {
        if (Math.abs(x) >= 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
