package dev.nnd.compiler.type;

/** How a parameter gets its first values. */
public sealed interface Initializer {

    /** All elements are this. */
    record Fill(double value) implements Initializer {}

    /** Uniform in [low, high). */
    record Uniform(double low, double high) implements Initializer {}

    /** Normal with this mean and standard deviation. */
    record Normal(double mean, double std) implements Initializer {}

    /**
     * Uniform in [-gain / sqrt(fan), gain / sqrt(fan)): with gain 1 PyTorch's default for dense and convolution layers
     * (kaiming_uniform with a = sqrt 5).
     */
    record FanUniform(Dim fan, double gain) implements Initializer {}

    /** Normal with standard deviation gain / sqrt(fan). */
    record FanNormal(Dim fan, double gain) implements Initializer {}

    /** Normal with this mean and standard deviation, drawn anew until it is at most two standard deviations off. */
    record TruncatedNormal(double mean, double std) implements Initializer {}

    /** A random matrix with orthonormal rows or columns, times gain; all dims but the first count as one. */
    record Orthogonal(double gain) implements Initializer {}

    /** 1 where row and column are equal, else 0. */
    record Identity() implements Initializer {}
}
