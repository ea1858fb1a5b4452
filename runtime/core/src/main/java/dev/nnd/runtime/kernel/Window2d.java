package dev.nnd.runtime.kernel;

/**
 * A window that slides over the last two axes: kernel, stride and dilation at least 1, padding at least 0. Padding
 * values are zero in a convolution and never win in a maximum.
 */
public record Window2d(
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int padTop,
        int padLeft,
        int padBottom,
        int padRight,
        int dilationHeight,
        int dilationWidth) {

    public Window2d {
        if (Math.min(Math.min(kernelHeight, kernelWidth), Math.min(strideHeight, strideWidth)) < 1
                || Math.min(dilationHeight, dilationWidth) < 1
                || Math.min(Math.min(padTop, padLeft), Math.min(padBottom, padRight)) < 0) {
            throw new IllegalArgumentException("kernel, stride and dilation are at least 1, padding at least 0");
        }
    }

    /** floor((height + padTop + padBottom - dilation * (kernel - 1) - 1) / stride) + 1. */
    public long outputHeight(long height) {
        return output(height + padTop + padBottom, kernelHeight, strideHeight, dilationHeight);
    }

    /** The same for the width. */
    public long outputWidth(long width) {
        return output(width + padLeft + padRight, kernelWidth, strideWidth, dilationWidth);
    }

    private static long output(long padded, int kernel, int stride, int dilation) {
        return Math.floorDiv(padded - (long) dilation * (kernel - 1) - 1, stride) + 1;
    }
}
