package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Functions of floats against those of doubles, at every thousandth float and at the edges of their steps. */
class FloatsTest {

    private static final int STRIDE = 1009;

    private static final float[] EDGES = {
        0f,
        -0f,
        1f,
        -1f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        1e-8f,
        -1e-8f,
        20f,
        -20f,
        10f,
        -10f,
        9.0109f,
        88.72283f,
        88.72284f,
        89f,
        90f,
        -87.33655f,
        -87.3366f,
        -88.72283f,
        -103.27893f,
        -103.97208f,
        -104f,
        -105f,
        0.34657359f,
        0.34657362f,
        0.70710677f,
        0.7071068f,
        0.99999994f,
        1.0000001f,
        -0.99999994f,
        32768f,
        32769f,
        -32768.004f,
        1e10f,
        0.78539816f,
        1.5707964f,
        3.1415927f,
        6.2831855f,
        16777216f,
        33554432f
    };

    private interface FloatFunction {
        float at(float x);
    }

    @Test
    void errorsAreAsStated() {
        check("exp", Floats::exp, StrictMath::exp, 1);
        check("expm1", Floats::expm1, StrictMath::expm1, 2);
        check("log", Floats::log, StrictMath::log, 1);
        check("log1p", Floats::log1p, StrictMath::log1p, 2);
        check("tanh", Floats::tanh, StrictMath::tanh, 3);
        check("softplus", Floats::softplus, x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x))), 2);
        check("sin", Floats::sin, StrictMath::sin, 2);
        check("cos", Floats::cos, StrictMath::cos, 2);
        check("asin", Floats::asin, StrictMath::asin, 1);
        check("acos", Floats::acos, StrictMath::acos, 1);
        check("atan", Floats::atan, StrictMath::atan, 1);
    }

    @Test
    void sigmoidIsRightWhereItsResultsAreNormal() {
        check("sigmoid", x -> x < -87f ? 0f : Floats.sigmoid(x), x -> x < -87 ? 0 : 1 / (1 + StrictMath.exp(-x)), 3);
        assertEquals(0f, Floats.sigmoid(-100f));
        assertEquals(0f, Floats.sigmoid(Float.NEGATIVE_INFINITY));
    }

    @Test
    void errorFunctionIsGoodToSomeUnits() {
        check("erf", x -> isErfExact(x) ? 0f : Floats.erf(x), x -> isErfExact(x) ? 0 : Arithmetic.erf(x), 20);
    }

    /** Where the fraction is clamped, or its steps underflow. */
    private static boolean isErfExact(double x) {
        return Math.abs(x) > 3.8 || Math.abs(x) < 1e-30;
    }

    private static void check(String name, FloatFunction function, DoubleUnaryOperator reference, double most) {
        for (float x : EDGES) {
            check(name, x, function.at(x), reference.applyAsDouble(x), most);
        }
        for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
            float x = Float.intBitsToFloat((int) bits);
            check(name, x, function.at(x), reference.applyAsDouble(x), most);
        }
    }

    private static void check(String name, float x, float actual, double expected, double most) {
        float nearest = (float) expected;
        boolean special = Float.isNaN(nearest) || Float.isInfinite(nearest) || nearest == 0;
        double error = Math.abs(actual - expected) / Math.ulp(nearest);
        assertTrue(
                special ? Float.compare(nearest, actual) == 0 || nearest == actual : error <= most,
                () -> name + "(" + x + ") is " + actual + ", should be " + expected + ": " + error + " units");
    }
}
