package dev.nnd.runtime.kernel;

/** In which numbers products are computed. Values outside of them are f32 (or f64) in any case, and so are sums. */
public enum Precision {
    /** IEEE 754 single precision: 24 significant bits. */
    F32,

    /**
     * bfloat16 operands: 8 significant bits and the range of f32, sums in f32. About twice as fast where the processor's
     * instructions for it pay; elsewhere in f32 ({@link Provider#with}). Weights stay f32 in memory and in files; what a product reads is rounded to nearest, ties to even.
     */
    BF16,

    /**
     * Predictions with eight-bit products of weights: each row of weights has a scale, made once, and so does each row of
     * what they multiply, and each image that they slide over, made at each run; sums are exact integers. All else is
     * computed in f32, and training is, too.
     */
    INT8
}
