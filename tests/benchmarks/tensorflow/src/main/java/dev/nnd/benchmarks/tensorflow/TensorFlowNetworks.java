package dev.nnd.benchmarks.tensorflow;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The networks' forward halves, images channels last: the order that TensorFlow's convolutions know on a CPU. */
final class TensorFlowNetworks {

    private static final String VALID = "VALID";

    private final Ops tf;
    private final Variables weights;

    TensorFlowNetworks(Ops tf, Variables weights) {
        this.tf = tf;
        this.weights = weights;
    }

    private Operand<TFloat32> conv(Operand<TFloat32> x, String name) {
        Operand<TFloat32> y = tf.nn.conv2d(
                x, weights.kernel(name + ".weight"), List.of(1L, 1L, 1L, 1L), VALID, Conv2d.dataFormat("NHWC"));
        return tf.nn.relu(tf.nn.biasAdd(y, weights.plain(name + ".bias")));
    }

    private Operand<TFloat32> pooled(Operand<TFloat32> x) {
        Operand<TInt32> two = tf.constant(new int[] {1, 2, 2, 1});
        return tf.nn.maxPool(x, two, two, VALID);
    }

    private Operand<TFloat32> flatten(Operand<TFloat32> x, int features) {
        return tf.reshape(x, tf.constant(new int[] {-1, features}));
    }

    private Operand<TFloat32> denseAfterImage(Operand<TFloat32> x, String name, int channels) {
        return tf.nn.biasAdd(
                tf.linalg.matMul(x, weights.denseAfterImage(name + ".weight", channels)),
                weights.plain(name + ".bias"));
    }

    Operand<TFloat32> dense(Operand<TFloat32> x, String name) {
        return tf.nn.biasAdd(
                tf.linalg.matMul(x, weights.dense(name + ".weight"), new MatMul.Options[0]),
                weights.plain(name + ".bias"));
    }

    Operand<TFloat32> mnist(Operand<TFloat32> image) {
        return denseAfterImage(flatten(conv(image, "conv2d"), 26 * 26 * 32), "dense", 32);
    }

    Operand<TFloat32> lenet(Operand<TFloat32> image) {
        Operand<TFloat32> x = pooled(conv(pooled(conv(image, "conv2d")), "conv2d_2"));
        x = tf.nn.relu(denseAfterImage(flatten(x, 400), "dense", 16));
        return dense(tf.nn.relu(dense(x, "dense_2")), "dense_3");
    }

    Operand<TFloat32> cats(Operand<TFloat32> image) {
        Operand<TFloat32> x = pooled(conv(pooled(conv(image, "conv2d")), "conv2d_2"));
        x = pooled(conv(pooled(conv(x, "conv2d_3")), "conv2d_4"));
        x = tf.nn.relu(denseAfterImage(flatten(x, 6272), "dense", 128));
        return tf.reshape(dense(x, "dense_2"), tf.constant(new int[] {-1}));
    }

    private Operand<TFloat32> rows(Operand<TInt32> index, String name) {
        return tf.gather(weights.plain(name + ".weight"), index, tf.constant(0));
    }

    Operand<TFloat32> words(Operand<TInt32> tokens, String name) {
        return rows(tokens, name);
    }

    private Operand<TFloat32> layerNorm(Operand<TFloat32> x, String name) {
        Operand<TInt32> last = tf.constant(new int[] {-1});
        Operand<TFloat32> mean = tf.math.mean(x, last, Mean.keepDims(true));
        Operand<TFloat32> variance = tf.math.mean(tf.math.squaredDifference(x, mean), last, Mean.keepDims(true));
        Operand<TFloat32> scale =
                tf.math.mul(tf.math.rsqrt(tf.math.add(variance, tf.constant(1e-12f))), weights.plain(name + ".weight"));
        return tf.math.add(tf.math.mul(tf.math.sub(x, mean), scale), weights.plain(name + ".bias"));
    }

    private Operand<TFloat32> gelu(Operand<TFloat32> x) {
        Operand<TFloat32> cdf =
                tf.math.add(tf.constant(1f), tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5)))));
        return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), cdf);
    }

    /** A BERT as a classifier; sequences are rows of [batch * length, width] but in attention. */
    Operand<TFloat32> bert(Operand<TInt32> tokens, Operand<TInt32> segments, Operand<TFloat32> mask, Sizes sizes) {
        Operand<TFloat32> places =
                tf.slice(weights.plain("bert.positions.weight"), tf.constant(new int[] {0, 0}), tf.constant(new int[] {
                    sizes.length(), sizes.width()
                }));
        Operand<TFloat32> embedded =
                tf.math.add(tf.math.add(rows(tokens, "bert.words"), rows(segments, "bert.types")), places);
        Operand<TFloat32> x = layerNorm(flatten(embedded, sizes.width()), "bert.norm");
        // Added to the scores: 0 where one may look, far below everything else elsewhere.
        Operand<TFloat32> hidden = tf.reshape(
                tf.math.mul(tf.math.sub(mask, tf.constant(1f)), tf.constant(1e9f)),
                tf.constant(new int[] {-1, 1, 1, sizes.length()}));
        for (int i = 0; i < sizes.depth(); i++) {
            String name = "bert.encoder.layer." + i;
            Operand<TFloat32> a =
                    layerNorm(tf.math.add(x, attention(x, name + ".attention", hidden, sizes)), name + ".norm1");
            Operand<TFloat32> f = dense(gelu(dense(a, name + ".mlp.up")), name + ".mlp.down");
            x = layerNorm(tf.math.add(a, f), name + ".norm2");
        }
        Operand<TFloat32> first = tf.reshape(
                tf.slice(
                        tf.reshape(x, tf.constant(new int[] {-1, sizes.length(), sizes.width()})),
                        tf.constant(new int[] {0, 0, 0}),
                        tf.constant(new int[] {-1, 1, sizes.width()})),
                tf.constant(new int[] {-1, sizes.width()}));
        return dense(tf.math.tanh(dense(first, "bert.pooler")), "classifier");
    }

    /** Of a BERT. */
    record Sizes(int length, int width, int depth, int heads) {}

    private Operand<TFloat32> attention(Operand<TFloat32> x, String name, Operand<TFloat32> hidden, Sizes sizes) {
        Operand<TFloat32> q = heads(dense(x, name + ".query"), sizes);
        Operand<TFloat32> k = heads(dense(x, name + ".key"), sizes);
        Operand<TFloat32> v = heads(dense(x, name + ".value"), sizes);
        float scale = (float) (1 / Math.sqrt((double) sizes.width() / sizes.heads()));
        Operand<TFloat32> scores =
                tf.train.batchMatMul(tf.math.mul(q, tf.constant(scale)), k, TFloat32.class, BatchMatMul.adjY(true));
        Operand<TFloat32> seen = tf.nn.softmax(tf.math.add(scores, hidden));
        Operand<TFloat32> mixed = tf.train.batchMatMul(seen, v, TFloat32.class);
        Operand<TFloat32> joined = tf.linalg.transpose(mixed, tf.constant(new int[] {0, 2, 1, 3}));
        return dense(flatten(joined, sizes.width()), name + ".project");
    }

    private Operand<TFloat32> heads(Operand<TFloat32> x, Sizes sizes) {
        return tf.linalg.transpose(
                tf.reshape(
                        x, tf.constant(new int[] {-1, sizes.length(), sizes.heads(), sizes.width() / sizes.heads()})),
                tf.constant(new int[] {0, 2, 1, 3}));
    }
}
