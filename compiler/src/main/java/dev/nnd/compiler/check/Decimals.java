package dev.nnd.compiler.check;

import java.math.BigDecimal;

/** Numbers as a person writes them. */
final class Decimals {

    private Decimals() {}

    /** {@code 0.5}, {@code 30}. */
    static String text(double value) {
        return Double.isFinite(value)
                ? new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString()
                : "" + value;
    }
}
