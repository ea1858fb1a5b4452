package dev.nnd.benchmarks.tensorflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.nn.BlockLSTM;
import org.tensorflow.op.nn.BlockLSTMGrad;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The network of two LSTMs with TensorFlow's fused op, many times faster than a hundred cells in a row. The graph's own differentiation doesn't
 * know that op, so its gradients are joined by hand.
 */
final class Recurrence {

    private static final int LENGTH = 100;

    private final Ops tf;
    private final Variables weights;
    private final int batch;
    private final Map<String, Operand<TFloat32>> gradients = new LinkedHashMap<>();

    Recurrence(Ops tf, Variables weights, int batch) {
        this.tf = tf;
        this.weights = weights;
        this.batch = batch;
    }

    /** A layer, time first. */
    private record Layer(
            String name, int in, int hidden, Operand<TFloat32> input, Operand<TFloat32> zero, BlockLSTM<TFloat32> op) {}

    private Operand<TInt64> length() {
        return tf.constant((long) LENGTH);
    }

    /** The sum of both: each learns by itself. */
    private Operand<TFloat32> bias(String name) {
        return tf.math.add(weights.plain(name + ".bias_ih"), weights.plain(name + ".bias_hh"));
    }

    private Operand<TFloat32> none(int hidden) {
        return tf.constant(new float[hidden]);
    }

    private Layer layer(String name, Operand<TFloat32> x, int in, int hidden) {
        Operand<TFloat32> zero = tf.constant(new float[batch][hidden]);
        BlockLSTM<TFloat32> op = tf.nn.blockLSTM(
                length(),
                x,
                zero,
                zero,
                weights.lstmMatrix(name, in, hidden),
                none(hidden),
                none(hidden),
                none(hidden),
                bias(name),
                BlockLSTM.cellClip(0f));
        return new Layer(name, in, hidden, x, zero, op);
    }

    private Operand<TFloat32> backward(Layer layer, Operand<TFloat32> stateGradients) {
        BlockLSTM<TFloat32> op = layer.op();
        Operand<TFloat32> zeros = tf.zerosLike(op.cs());
        BlockLSTMGrad<TFloat32> back = tf.nn.blockLSTMGrad(
                length(),
                layer.input(),
                layer.zero(),
                layer.zero(),
                weights.lstmMatrix(layer.name(), layer.in(), layer.hidden()),
                none(layer.hidden()),
                none(layer.hidden()),
                none(layer.hidden()),
                bias(layer.name()),
                op.i(),
                op.cs(),
                op.f(),
                op.o(),
                op.ci(),
                op.co(),
                op.h(),
                zeros,
                stateGradients,
                false);
        gradients.put(layer.name() + ".matrix", back.wGrad());
        gradients.put(layer.name() + ".bias_ih", back.bGrad());
        gradients.put(layer.name() + ".bias_hh", back.bGrad());
        return back.xGrad();
    }

    /** The loss of the network; afterwards {@link #gradients} knows the gradients by all variables. */
    Operand<TFloat32> loss(TensorFlowNetworks networks, Operand<TInt32> tokens, Operand<TFloat32> wanted) {
        Operand<TFloat32> x =
                tf.linalg.transpose(networks.words(tokens, "embedding"), tf.constant(new int[] {1, 0, 2}));
        Layer first = layer("lstm", x, 64, 64);
        Layer second = layer("lstm_2", first.op().h(), 64, 32);
        Operand<TFloat32> last = tf.reshape(
                tf.slice(
                        second.op().h(), tf.constant(new int[] {LENGTH - 1, 0, 0}), tf.constant(new int[] {1, -1, -1})),
                tf.constant(new int[] {-1, 32}));
        Operand<TFloat32> logits = tf.reshape(networks.dense(last, "dense"), tf.constant(new int[] {-1}));
        Operand<TFloat32> loss = Losses.binary(tf, logits, wanted);

        var head = List.of("dense.weight", "dense.bias");
        Gradients top =
                tf.gradients(loss, List.of(second.op().h(), weights.dense(head.get(0)), weights.plain(head.get(1))));
        gradients.put(head.get(0), top.dy(1));
        gradients.put(head.get(1), top.dy(2));
        Operand<TFloat32> embedded = backward(first, backward(second, top.dy(0)));
        Gradients bottom =
                tf.gradients(List.of(x), List.of(weights.plain("embedding.weight")), Gradients.dx(List.of(embedded)));
        gradients.put("embedding.weight", bottom.dy(0));
        return loss;
    }

    /** By the names of the variables. */
    Map<String, Operand<TFloat32>> gradients() {
        return gradients;
    }
}
