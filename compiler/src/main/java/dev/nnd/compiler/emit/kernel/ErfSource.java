package dev.nnd.compiler.emit.kernel;

import java.util.List;

/**
 * The error function in f32: {@code x P(x^2) / Q(x^2)} for x clamped to [-4, 4], with an error of a few units in the last
 * place. Coefficients as in Eigen's {@code generic_fast_erf_float}.
 */
final class ErfSource {

    /** P, from the highest power. */
    static final List<String> NUMERATOR = List.of(
            "-2.72614225801306e-10f",
            "2.77068142495902e-08f",
            "-2.10102402082508e-06f",
            "-5.69250639462346e-05f",
            "-7.34990630326855e-04f",
            "-2.95459980854025e-03f",
            "-1.60960333262415e-02f");

    /** Q, from the highest power. */
    static final List<String> DENOMINATOR = List.of(
            "-1.45660718464996e-05f",
            "-2.13374055278905e-04f",
            "-1.68282697438203e-03f",
            "-7.37332916720468e-03f",
            "-1.42647390514189e-02f");

    private ErfSource() {}
}
