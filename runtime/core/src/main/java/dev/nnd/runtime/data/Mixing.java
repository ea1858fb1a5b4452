package dev.nnd.runtime.data;

import java.util.List;

/**
 * How the training examples of a batch are mixed with each other: each with the one before it in the batch, all by one share
 * that is drawn from Beta(alpha, alpha), as torchvision's {@code v2.MixUp} and {@code v2.CutMix} do; the larger share is the
 * example's own.
 *
 * @param alpha 0 leaves them as they are
 * @param fields indices in {@link Dataset#fields}; a field that is no image is mixed by the share of the area under
 *     {@link Kind#CUTMIX}
 */
public record Mixing(Kind kind, double alpha, List<Integer> fields) {
    /** What is taken of the other example. */
    public enum Kind {
        /** A share of each element (Zhang et al. 2017). */
        MIXUP,
        /** A rectangle of its images (Yun et al. 2019). */
        CUTMIX
    }

    public Mixing {
        fields = List.copyOf(fields);
    }
}
