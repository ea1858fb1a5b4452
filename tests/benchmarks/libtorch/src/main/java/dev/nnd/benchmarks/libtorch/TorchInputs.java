package dev.nnd.benchmarks.libtorch;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Task;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Tensors that batches are copied into; they live as long as the session. */
final class TorchInputs {

    private final boolean image;
    private final Tensor numbers;
    private final Tensor tokens;
    private final Tensor segments;
    private final Tensor mask;
    private final Tensor labels;
    private final Tensor wantedNumbers;
    private final Tensor places;
    private final boolean binary;

    TorchInputs(Task task) {
        Network network = task.network();
        long batch = task.batch();
        boolean text = network.vocabulary() > 0;
        long[] example = network.example();
        image = example.length == 3;
        binary = network == Network.CATS || network == Network.SENTIMENT;
        var dims = new long[example.length + 1];
        dims[0] = batch;
        System.arraycopy(example, 0, dims, 1, example.length);
        numbers = torch.zeros(text ? new long[] {1} : dims);
        tokens = torch.zeros(text ? dims : new long[] {1, 1}).to(ScalarType.Long);
        segments = torch.zeros(text ? dims : new long[] {1, 1}).to(ScalarType.Long);
        mask = torch.zeros(text ? dims : new long[] {1, 1}).to(ScalarType.Bool);
        labels = torch.zeros(batch).to(ScalarType.Long);
        wantedNumbers = torch.zeros(batch);
        places = torch.zeros(example[0]).to(ScalarType.Long);
        LongBuffer count = places.data_ptr_long().capacity(example[0]).asBuffer();
        for (int i = 0; i < example[0]; i++) {
            count.put(i, i);
        }
    }

    void fill(Batch batch) {
        if (batch.numbers().length > 0) {
            FloatBuffer to =
                    numbers.data_ptr_float().capacity(batch.numbers().length).asBuffer();
            to.put(batch.numbers());
        }
        if (batch.tokens().length > 0) {
            copy(batch.tokens(), tokens);
            copy(batch.segments(), segments);
            var bytes = mask.data_ptr_bool().capacity(batch.mask().length);
            for (int i = 0; i < batch.mask().length; i++) {
                bytes.put(i, batch.mask()[i]);
            }
        }
        if (binary) {
            FloatBuffer to = wantedNumbers
                    .data_ptr_float()
                    .capacity(batch.labels().length)
                    .asBuffer();
            for (int label : batch.labels()) {
                to.put(label);
            }
        } else if (batch.labels().length > 0) {
            copy(batch.labels(), labels);
        }
    }

    private static void copy(int[] from, Tensor to) {
        LongBuffer buffer = to.data_ptr_long().capacity(from.length).asBuffer();
        for (int value : from) {
            buffer.put(value);
        }
    }

    /** Images with their channels last, as all convolutions here have them. */
    Tensor numbers() {
        return image ? numbers.contiguous(MemoryFormat.ChannelsLast) : numbers;
    }

    Tensor tokens() {
        return tokens;
    }

    Tensor segments() {
        return segments;
    }

    Tensor places() {
        return places;
    }

    /** For all heads and places. */
    Tensor mask() {
        return mask.unsqueeze(1).unsqueeze(1);
    }

    /** Indices of classes. */
    Tensor labels() {
        return labels;
    }

    /** 0 or 1. */
    Tensor wantedNumbers() {
        return wantedNumbers;
    }
}
