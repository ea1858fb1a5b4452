package dev.nnd.benchmarks.tensorflow;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Mean losses over a batch. */
final class Losses {

    private Losses() {}

    /** Cross entropy of two classes: {@code max(x, 0) - x z + log(1 + exp(-|x|))}. */
    static Operand<TFloat32> binary(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> wanted) {
        Operand<TFloat32> rest = tf.math.log1p(tf.math.exp(tf.math.neg(tf.math.abs(logits))));
        Operand<TFloat32> each = tf.math.add(tf.math.sub(tf.nn.relu(logits), tf.math.mul(logits, wanted)), rest);
        return tf.math.mean(each, tf.constant(new int[] {0}));
    }

    /** Cross entropy of several classes, which are given as rows with a single 1: the gradient of the other form is unknown to the graph. */
    static Operand<TFloat32> classes(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> wanted) {
        return tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(logits, wanted).loss(), tf.constant(new int[] {0}));
    }
}
