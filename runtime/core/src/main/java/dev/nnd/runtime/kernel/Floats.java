package dev.nnd.runtime.kernel;

/**
 * Functions of floats for generated kernels: the same bits interpreted and compiled, on every machine, and those that the
 * kernels on the Vector API compute, which take the same steps. Polynomials are least-maximum fits; errors are in units in
 * the last place, over all floats. They need a machine with fused multiply-add to be fast.
 */
public final class Floats {

    /** 1.5 * 2^23: added to a number and taken away again it rounds it; what it leaves in the lowest bits is the whole number. */
    private static final float ROUND = 12582912f;

    private static final int ROUND_BITS = 0x4B400000;
    private static final int ONE_BITS = 0x3F800000;
    private static final int HALF_BITS = 0x3F000000;
    private static final int SIGN_BIT = 0x80000000;
    private static final float LOG2_E = 1.442695f;
    private static final float LN_2 = 0.6931472f;

    /** What is missing in {@link #LN_2}. */
    private static final float LN_2_REST = -1.9046542e-9f;

    /** The bits of the square root of a half. */
    private static final int ROOT_BITS = 0x3F3504F3;

    private static final float TWO_OVER_PI = 0.63661975f;
    private static final float HALF_PI = 1.5707964f;
    private static final float HALF_PI_REST = -4.371139e-8f;
    private static final float HALF_PI_LEAST = -1.7151245e-15f;

    /** Up to here three parts of pi / 2 are enough. */
    private static final float LARGEST_ANGLE = 32768f;

    private Floats() {}

    /** e^x; its error is below 1. */
    public static float exp(float x) {
        boolean tiny = x < -104f;
        float clipped = tiny ? -104f : x > 89f ? 89f : x;
        float turns = Math.fma(clipped, LOG2_E, ROUND);
        float rest = expRest(clipped, turns);
        float power = Math.fma(Math.fma(expTerms(rest), rest, 1f), rest, 1f);
        // In two steps, since the scale alone may be below or above all floats.
        int whole = Float.floatToRawIntBits(turns);
        int half = whole >> 1;
        float first = Float.intBitsToFloat((half << 23) + ONE_BITS);
        float second = Float.intBitsToFloat((whole - half << 23) + ONE_BITS);
        return (tiny ? 0f : power) * first * second;
    }

    /** e^x - 1; its error is below 2. */
    public static float expm1(float x) {
        float y = halfExpm1(x < -20f ? -20f : x > 89f ? 89f : x);
        return Math.abs(x) < 1e-8f ? x : y + y;
    }

    /** (e^x - 1) / 2 from -20 to 89, and not a number. */
    private static float halfExpm1(float x) {
        float turns = Math.fma(x, LOG2_E, ROUND);
        float rest = expRest(x, turns);
        float power = Math.fma(expTerms(rest), rest * rest, rest);
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(turns) << 23) + HALF_BITS);
        return Math.fma(power, scale, scale - 0.5f);
    }

    /** x less the nearest multiple of ln 2. */
    private static float expRest(float x, float turns) {
        float whole = turns - ROUND;
        return Math.fma(whole, -LN_2_REST, Math.fma(whole, -LN_2, x));
    }

    /** (e^x - 1 - x) / x^2 for x up to ln(2) / 2. */
    private static float expTerms(float x) {
        float terms = Math.fma(0.0013882497f, x, 0.008366648f);
        terms = Math.fma(terms, x, 0.041667204f);
        terms = Math.fma(terms, x, 0.16666542f);
        return Math.fma(terms, x, 0.49999997f);
    }

    /** 1 / (1 + e^-x); its error is below 3, and results below the smallest normal float are 0. */
    public static float sigmoid(float x) {
        return 1f / (exp(-x) + 1f);
    }

    /** The hyperbolic tangent; its error is below 3. */
    public static float tanh(float x) {
        float twice = Math.abs(x) * -2f;
        float half = halfExpm1(twice < -20f ? -20f : twice);
        float y = Math.abs(half / (half + 1f));
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) | Float.floatToRawIntBits(x) & SIGN_BIT);
    }

    /** The natural logarithm; its error is below 1. */
    public static float log(float x) {
        boolean small = x < Float.MIN_NORMAL;
        float y = logOf(small ? x * 33554432f : x, small ? ROUND + 25f : ROUND);
        return !(x >= 0f) ? Float.NaN : x == 0f ? Float.NEGATIVE_INFINITY : x == Float.POSITIVE_INFINITY ? x : y;
    }

    /** log(1 + x); its error is below 2. */
    public static float log1p(float x) {
        float y = logOfOneAnd(x);
        return !(x >= -1f)
                ? Float.NaN
                : x == -1f ? Float.NEGATIVE_INFINITY : x == 0f || x == Float.POSITIVE_INFINITY ? x : y;
    }

    /** log(1 + e^x); its error is below 2. */
    public static float softplus(float x) {
        return Math.max(x, 0f) + logOfOneAnd(exp(-Math.abs(x)));
    }

    /** log(1 + x) for finite x above -1. */
    private static float logOfOneAnd(float x) {
        float sum = x + 1f;
        return (x - (sum - 1f)) / sum + logOf(sum, ROUND);
    }

    /**
     * The logarithm of a positive normal number, x = 2^k m with m from sqrt(1/2) to sqrt(2).
     *
     * @param round the number that takes {@link #ROUND} from the whole number k, and what x was scaled by
     */
    private static float logOf(float x, float round) {
        int bits = Float.floatToRawIntBits(x);
        float exponent = Float.intBitsToFloat((bits - ROOT_BITS >> 23) + ROUND_BITS);
        float rest = Float.intBitsToFloat(bits - (Float.floatToRawIntBits(exponent) << 23)) - 1f;
        float whole = exponent - round;
        float square = rest * rest;
        float terms = Math.fma(-0.07634493f, rest, 0.12761575f);
        terms = Math.fma(terms, rest, -0.13160183f);
        terms = Math.fma(terms, rest, 0.14201759f);
        terms = Math.fma(terms, rest, -0.16623357f);
        terms = Math.fma(terms, rest, 0.20001227f);
        terms = Math.fma(terms, rest, -0.2500082f);
        terms = Math.fma(terms, rest, 0.3333333f);
        float correction = Math.fma(whole, LN_2_REST, Math.fma(square, -0.5f, rest * square * terms));
        return Math.fma(whole, LN_2, rest + correction);
    }

    /** The sine; its error is below 2. */
    public static float sin(float x) {
        if (Math.abs(x) > LARGEST_ANGLE) {
            return (float) StrictMath.sin(x);
        }
        return wave(x, Math.fma(x, TWO_OVER_PI, ROUND), 0);
    }

    /** The cosine; its error is below 2. */
    public static float cos(float x) {
        if (Math.abs(x) > LARGEST_ANGLE) {
            return (float) StrictMath.cos(x);
        }
        return wave(x, Math.fma(x, TWO_OVER_PI, ROUND), 1);
    }

    /** The sine of x and some right angles; the lowest bits of {@code turns} count those in x. */
    private static float wave(float x, float turns, int more) {
        float whole = turns - ROUND;
        float angle = Math.fma(whole, -HALF_PI, x);
        angle = Math.fma(whole, -HALF_PI_REST, angle);
        angle = Math.fma(whole, -HALF_PI_LEAST, angle);
        float square = angle * angle;
        float sine = Math.fma(Math.fma(-0.00019514958f, square, 0.008332158f), square, -0.16666655f);
        sine = Math.fma(sine, square * angle, angle);
        float cosine = Math.fma(Math.fma(2.4432786e-5f, square, -0.0013887313f), square, 0.041666646f);
        cosine = Math.fma(cosine, square * square, Math.fma(square, -0.5f, 1f));
        int quadrant = Float.floatToRawIntBits(turns) + more << 30;
        float y = (quadrant & 0x40000000) != 0 ? cosine : sine;
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ quadrant & SIGN_BIT);
    }

    /** a^b, by doubles. Not by StrictMath, which makes arrays; Math has one power for interpreted and compiled code. */
    public static float pow(float a, float b) {
        return (float) Math.pow(a, b);
    }

    /** The arc sine, by doubles. */
    public static float asin(float x) {
        return (float) StrictMath.asin(x);
    }

    /** The arc cosine, by doubles. */
    public static float acos(float x) {
        return (float) StrictMath.acos(x);
    }

    /** The arc tangent, by doubles. */
    public static float atan(float x) {
        return (float) StrictMath.atan(x);
    }

    /**
     * The error function, {@code x P(x^2) / Q(x^2)} for x clamped to [-4, 4], good to some units in the last place. Coefficients
     * as in Eigen's {@code generic_fast_erf_float}.
     */
    public static float erf(float x) {
        float clamped = Math.max(-4f, Math.min(x, 4f));
        float square = clamped * clamped;
        float numerator = square * -2.72614225801306e-10f + 2.77068142495902e-08f;
        numerator = numerator * square + -2.10102402082508e-06f;
        numerator = numerator * square + -5.69250639462346e-05f;
        numerator = numerator * square + -7.34990630326855e-04f;
        numerator = numerator * square + -2.95459980854025e-03f;
        numerator = numerator * square + -1.60960333262415e-02f;
        float denominator = square * -1.45660718464996e-05f + -2.13374055278905e-04f;
        denominator = denominator * square + -1.68282697438203e-03f;
        denominator = denominator * square + -7.37332916720468e-03f;
        denominator = denominator * square + -1.42647390514189e-02f;
        return clamped * numerator / denominator;
    }
}
