package dev.nnd.benchmarks.libtorch;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** GPT-2 small, a word at a time: keys and values of earlier words stay in tensors that are allocated once. */
final class TorchDecoding implements Session {

    private static final double EPS = 1e-5;
    private static final int DEPTH = 12;
    private static final int WIDTH = 768;
    private static final int HEADS = 12;
    private static final int PROMPT = Math.toIntExact(Network.GPT2.example()[0]);
    private static final int ROOM = PROMPT + Network.CONTINUATION;

    private final Parameters weights;
    private final Layers layers;
    private final InferenceMode mode = new InferenceMode();
    private final List<Tensor> keys = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();
    private final Tensor prompt = torch.zeros(1, PROMPT).to(ScalarType.Long);
    private final Tensor one = torch.zeros(1, 1).to(ScalarType.Long);
    private final float[] words = new float[Network.CONTINUATION];

    TorchDecoding(Parameters weights) {
        this.weights = weights;
        layers = new Layers(weights);
        for (int i = 0; i < DEPTH; i++) {
            keys.add(torch.zeros(1, HEADS, ROOM, WIDTH / HEADS));
            values.add(torch.zeros(1, HEADS, ROOM, WIDTH / HEADS));
        }
        // Outside of any scope, so that the weights stay.
        likeliest(prompt, 0, PROMPT);
    }

    @Override
    public double step(Batch batch) {
        LongBuffer given = prompt.data_ptr_long().capacity(PROMPT).asBuffer();
        for (int token : batch.tokens()) {
            given.put(token);
        }
        long word = next(prompt, 0, PROMPT);
        words[0] = word;
        for (int i = 1; i < words.length; i++) {
            one.data_ptr_long().put(0, word);
            word = next(one, PROMPT + i - 1, 1);
            words[i] = word;
        }
        return word;
    }

    private long next(Tensor tokens, long start, long count) {
        try (var _ = new PointerScope()) {
            return likeliest(tokens, start, count);
        }
    }

    /** The likeliest word behind {@code count} more. */
    private long likeliest(Tensor tokens, long start, long count) {
        Tensor positions = weights.get("gpt2_layers.positions.weight").narrow(0, start, count);
        Tensor x = layers.embedding(tokens, "gpt2_layers.embed").add(positions);
        for (int i = 0; i < DEPTH; i++) {
            String name = "gpt2_layers.decoder.layer." + i;
            Tensor h = layers.layerNorm(x, name + ".norm1", WIDTH, EPS);
            x = x.add(attention(h, name + ".attention", i, start, count));
            h = layers.dense(layers.layerNorm(x, name + ".norm2", WIDTH, EPS), name + ".mlp.up");
            x = x.add(layers.dense(torch.gelu(h, "tanh"), name + ".mlp.down"));
        }
        Tensor last = layers.layerNorm(x.narrow(1, count - 1, 1), "gpt2_layers.decoder.norm", WIDTH, EPS);
        Tensor scores = torch.linear(last.view(1, WIDTH), weights.get("gpt2_layers.embed.weight"));
        return torch.argmax(scores).item_long();
    }

    private Tensor attention(Tensor x, String name, int layer, long start, long count) {
        TensorVector three = layers.packed(x, name).chunk(3, -1);
        keys.get(layer).narrow(2, start, count).copy_(heads(three.get(1), count));
        values.get(layer).narrow(2, start, count).copy_(heads(three.get(2), count));
        Tensor mixed = torch.scaled_dot_product_attention(
                heads(three.get(0), count),
                keys.get(layer).narrow(2, 0, start + count),
                values.get(layer).narrow(2, 0, start + count),
                new TensorOptional(),
                0.0,
                count > 1,
                new DoubleOptional(),
                false);
        return layers.dense(mixed.transpose(1, 2).reshape(1, count, WIDTH), name + ".project");
    }

    private static Tensor heads(Tensor x, long count) {
        return x.view(1, count, HEADS, WIDTH / HEADS).transpose(1, 2);
    }

    @Override
    public float[] outputs() {
        return words.clone();
    }

    @Override
    public void close() {
        mode.close();
    }
}
