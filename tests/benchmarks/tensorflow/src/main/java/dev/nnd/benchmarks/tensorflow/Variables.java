package dev.nnd.benchmarks.tensorflow;

import dev.nnd.benchmarks.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** The weights as variables of the graph, in the order of elements that TensorFlow likes. */
final class Variables {

    /** A variable's first value, and how it gets it. */
    private record Start(float[] values, Shape shape, Placeholder<TFloat32> feed, Op assign) {}

    private final Ops tf;
    private final Weights weights;
    private final Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    private final Map<String, Start> starts = new LinkedHashMap<>();

    Variables(Ops tf, Weights weights) {
        this.tf = tf;
        this.weights = weights;
    }

    Map<String, Variable<TFloat32>> all() {
        return variables;
    }

    /** As it is in the file. */
    Variable<TFloat32> plain(String name) {
        return make(name, weights.values(name), weights.dims(name));
    }

    /** The weight of a dense layer, inputs first. */
    Variable<TFloat32> dense(String name) {
        long[] dims = weights.dims(name);
        return make(name, transposed(weights.values(name), (int) dims[0], (int) dims[1]), dims[1], dims[0]);
    }

    /** The weight of a dense layer behind images that are channels last here and were channels first there. */
    Variable<TFloat32> denseAfterImage(String name, int channels) {
        long[] dims = weights.dims(name);
        int out = (int) dims[0];
        int in = (int) dims[1];
        int places = in / channels;
        float[] from = weights.values(name);
        var to = new float[from.length];
        for (int o = 0; o < out; o++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < places; p++) {
                    to[(p * channels + c) * out + o] = from[o * in + c * places + p];
                }
            }
        }
        return make(name, to, in, out);
    }

    /** The weight of a convolution: height, width, in, out. */
    Variable<TFloat32> kernel(String name) {
        long[] dims = weights.dims(name);
        int out = (int) dims[0];
        int rest = (int) (dims[1] * dims[2] * dims[3]);
        int in = (int) dims[1];
        int places = rest / in;
        float[] from = weights.values(name);
        var to = new float[from.length];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                for (int p = 0; p < places; p++) {
                    to[(p * in + i) * out + o] = from[(o * in + i) * places + p];
                }
            }
        }
        return make(name, to, dims[2], dims[3], dims[1], dims[0]);
    }

    /** The weights of an LSTM for {@code BlockLSTM}, whose gates are those of nnd: both matrices below each other, inputs first. */
    Variable<TFloat32> lstmMatrix(String name, int in, int hidden) {
        float[] ih = transposed(weights.values(name + ".weight_ih"), 4 * hidden, in);
        float[] hh = transposed(weights.values(name + ".weight_hh"), 4 * hidden, hidden);
        float[] to = Arrays.copyOf(ih, ih.length + hh.length);
        System.arraycopy(hh, 0, to, ih.length, hh.length);
        return make(name + ".matrix", to, in + hidden, 4L * hidden);
    }

    private static float[] transposed(float[] from, int rows, int columns) {
        var to = new float[from.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to[c * rows + r] = from[r * columns + c];
            }
        }
        return to;
    }

    /** A variable of zeros. */
    Variable<TFloat32> zeros(String name, Shape shape) {
        var dims = shape.asArray();
        return start(name, new float[(int) shape.size()], dims == null ? new long[0] : dims);
    }

    private Variable<TFloat32> make(String name, float[] values, long... dims) {
        Variable<TFloat32> known = variables.get(name);
        if (known != null) {
            return known;
        }
        Variable<TFloat32> variable = start(name, values, dims);
        variables.put(name, variable);
        return variable;
    }

    private Variable<TFloat32> start(String name, float[] values, long... dims) {
        Shape shape = Shape.of(dims);
        Variable<TFloat32> variable = tf.variable(shape, TFloat32.class);
        Placeholder<TFloat32> feed = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
        starts.put(name, new Start(values, shape, feed, tf.assign(variable, (Operand<TFloat32>) feed)));
        return variable;
    }

    /** Gives all variables their first values. */
    void initialize(Session session) {
        for (Start start : starts.values()) {
            try (Tensor value = TFloat32.tensorOf(start.shape(), DataBuffers.of(start.values()))) {
                session.runner()
                        .feed(start.feed(), value)
                        .addTarget(start.assign())
                        .run()
                        .close();
            }
        }
        starts.clear();
    }
}
