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

    /** y = relu?(conv(x, w) + bias), cross-correlation: x [n, c, h, w], w [o, c / groups, kh, kw], bias [o]. */
    BoundOp convolution2d(
            String name, Tensor x, Tensor w, @Nullable Tensor bias, Window2d window, int groups, boolean relu);

    /** dy, w to dx with the dims and the layout of {@code likeX}. */
    BoundOp convolution2dBackwardData(String name, Tensor dy, Tensor w, Tensor likeX, Window2d window, int groups);

    /** dy, x into dw and db. */
    BoundOp convolution2dBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window2d window, int groups);

    /** Maximum over windows; the second output tells the backward op where each maximum was. */
    BoundOp maxPool2d(String name, Tensor x, Window2d window, boolean indices);

    /** dy, indices to dx with the dims and the layout of {@code likeX}. */
    BoundOp maxPool2dBackward(String name, Tensor dy, Tensor indices, Tensor likeX, Window2d window);

    /** [..., m, k] x [..., k, n] to [..., m, n], row-major; leading dims broadcast; the flags swap the last two axes first. */
    BoundOp matmul(String name, Tensor a, Tensor b, boolean transposeA, boolean transposeB);

    /** {@code from} in row-major order; the output is {@code from} itself if it is plain already. */
    BoundOp reorder(String name, Tensor from);

    /** {@code from} in the layout of {@code like}; the output is {@code from} itself if it is so already. */
    BoundOp reorderLike(String name, Tensor from, Tensor like);
}
