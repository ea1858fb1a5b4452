package dev.nnd.runtime.generate;

/** Hears of each token as it is chosen. */
@FunctionalInterface
public interface TokenListener {

    /** A row has one token more. */
    void onToken(int row, int token);
}
