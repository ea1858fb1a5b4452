package dev.nnd.benchmarks.tensorflow;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Task;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The inputs of the graph. Images are turned to channels last once: who uses TensorFlow has them so. */
final class Feeds {

    private final Task task;
    private final Placeholder<TFloat32> image;
    private final Placeholder<TInt32> tokens;
    private final Placeholder<TInt32> segments;
    private final Placeholder<TFloat32> mask;
    private final Placeholder<TFloat32> wanted;
    private final Map<Batch, float[]> images = new IdentityHashMap<>();
    private final Shape first;

    Feeds(Ops tf, Task task) {
        this.task = task;
        long[] example = task.network().example();
        first = example.length == 3
                ? Shape.of(task.batch(), example[1], example[2], example[0])
                : Shape.of(task.batch(), example[0]);
        image = tf.placeholder(TFloat32.class, Placeholder.shape(first));
        tokens = tf.placeholder(TInt32.class, Placeholder.shape(first));
        segments = tf.placeholder(TInt32.class, Placeholder.shape(first));
        mask = tf.placeholder(TFloat32.class, Placeholder.shape(first));
        wanted = tf.placeholder(TFloat32.class);
    }

    Placeholder<TFloat32> image() {
        return image;
    }

    Placeholder<TInt32> tokens() {
        return tokens;
    }

    Placeholder<TInt32> segments() {
        return segments;
    }

    /** 1 but behind the end of each text. */
    Placeholder<TFloat32> mask() {
        return mask;
    }

    /** A row for each example with 1 at its class; of two classes with one output, 0 or 1 for each. */
    Placeholder<TFloat32> wanted() {
        return wanted;
    }

    /** The tensors of a step, to be closed behind it. */
    record Given(List<Tensor> tensors) implements AutoCloseable {

        @Override
        public void close() {
            tensors.forEach(Tensor::close);
        }
    }

    Given feed(Session.Runner runner, Batch batch) {
        var given = new Given(new ArrayList<>());
        if (batch.numbers().length > 0) {
            float[] values = images.computeIfAbsent(batch, this::channelsLast);
            give(runner, given, image, TFloat32.tensorOf(first, DataBuffers.of(values)));
        } else {
            give(runner, given, tokens, TInt32.tensorOf(first, DataBuffers.of(batch.tokens())));
        }
        if (task.network() == Network.BERT_MINI) {
            give(runner, given, segments, TInt32.tensorOf(first, DataBuffers.of(batch.segments())));
            var seen = new float[batch.mask().length];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = batch.mask()[i] ? 1 : 0;
            }
            give(runner, given, mask, TFloat32.tensorOf(first, DataBuffers.of(seen)));
        }
        give(runner, given, wanted, wanted(batch));
        return given;
    }

    private static void give(Session.Runner runner, Given given, Placeholder<?> to, Tensor tensor) {
        given.tensors().add(tensor);
        runner.feed(to, tensor);
    }

    private TFloat32 wanted(Batch batch) {
        int n = batch.labels().length;
        boolean rows = task.network() != Network.CATS && task.network() != Network.SENTIMENT;
        int classes = rows ? task.network().classes() : 1;
        var values = new float[n * classes];
        for (int i = 0; i < n; i++) {
            if (rows) {
                values[i * classes + batch.labels()[i]] = 1;
            } else {
                values[i] = batch.labels()[i];
            }
        }
        return TFloat32.tensorOf(rows ? Shape.of(n, classes) : Shape.of(n), DataBuffers.of(values));
    }

    private float[] channelsLast(Batch batch) {
        int channels = (int) task.network().example()[0];
        int places = task.network().exampleElements() / channels;
        float[] from = batch.numbers();
        var to = new float[from.length];
        for (int n = 0; n < task.batch(); n++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < places; p++) {
                    to[(n * places + p) * channels + c] = from[(n * channels + c) * places + p];
                }
            }
        }
        return to;
    }
}
