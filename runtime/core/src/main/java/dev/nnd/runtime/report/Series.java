package dev.nnd.runtime.report;

/**
 * A curve.
 *
 * @param name in the legend
 */
record Series(String name, double[] x, double[] y) {

    boolean isEmpty() {
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(x[i]) && Double.isFinite(y[i])) {
                return false;
            }
        }
        return true;
    }
}
