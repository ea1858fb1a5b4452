package dev.nnd.runtime.kernel;

import dev.nnd.runtime.memory.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ops of one program. Operands are checked by {@link Shapes}; a wrong one is an
 * {@link IllegalArgumentException} with the op's name. {@code likeX} tells dims and layout only, its memory is not read.
 */
public interface Kernels {

    /** y = relu?(x w^T + bias): x [n, f...], w [o, f...] or flattened [o, f], bias [o] to y [n, o]. */
    BoundOp innerProduct(String name, Tensor x, Tensor w, @Nullable Tensor bias, boolean relu);

    /** dy [n, o], w to dx with the dims and the layout of {@code likeX}. */
    BoundOp innerProductBackwardData(String name, Tensor dy, Tensor w, Tensor likeX);

    /** dy [n, o], x [n, f...] into dw and db [o]. */
    BoundOp innerProductBackwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db);

    /**
     * y = relu?((conv(x, w) + bias) * scale + shift + added), cross-correlation: x [n, c, ...], w [o, c / groups, ...], bias [o],
     * scale [o] and shift [o], which come together, added [n, o, ...].
     */
    BoundOp convolution(
            String name,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            @Nullable Tensor added,
            Window window,
            int groups,
            boolean relu);

    /**
     * dy, w to dx + bias [c] with the dims and the layout of {@code likeX}. If that has no layout yet, the op chooses one for
     * both: so this is the transposed convolution too.
     */
    BoundOp convolutionBackwardData(
            String name, Tensor dy, Tensor w, @Nullable Tensor bias, Tensor likeX, Window window, int groups);

    /** dy, x into dw and db. */
    BoundOp convolutionBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window window, int groups);

    /** One number for each window; with {@code indices} the second output tells the backward op where each maximum was. */
    BoundOp pool(String name, Pooling pooling, Tensor x, Window window, boolean indices);

    /** dy, and for a maximum the indices, to dx with the dims and the layout of {@code likeX}. */
    BoundOp poolBackward(
            String name, Pooling pooling, Tensor dy, @Nullable Tensor indices, Tensor likeX, Window window);

    /**
     * x [n, c, ...] less the mean of its channel, over the root of its variance plus {@code eps}, times weight [c], plus bias
     * [c]. Three outputs: y with the layout of x, the means [c], the variances [c], which divide by the number of elements.
     */
    BoundOp batchNormTraining(String name, Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps);

    /** The same with given means and variances. */
    BoundOp batchNorm(
            String name,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            double eps);

    /** dy, x and what the forward op of training found to dx with the layout of x; into dWeight and dBias. */
    BoundOp batchNormBackward(
            String name,
            Tensor dy,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias,
            double eps);

    /** [..., m, k] x [..., k, n] to [..., m, n], row-major; leading dims broadcast; the flags swap the last two axes first. */
    default BoundOp matmul(String name, Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
        return matmul(name, a, b, MatmulAxes.of(transposeA, transposeB));
    }

    /**
     * The same with operands and a result whose axes are in other orders. [0, 2, 1, 3] for operands with equal batches is
     * fast; others may run in plain loops.
     */
    BoundOp matmul(String name, Tensor a, Tensor b, MatmulAxes axes);

    /** {@code from} in row-major order; the output is {@code from} itself if it is plain already. */
    BoundOp reorder(String name, Tensor from);

    /** {@code from} in the layout of {@code like}; the output is {@code from} itself if it is so already. */
    BoundOp reorderLike(String name, Tensor from, Tensor like);
}
