package workloads;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.runtime.generate.Generation;

/** Texts that are continued by the likeliest words. */
final class GenerationSession implements Session {

    private final Gpt2 model;
    private final Generation how = Generation.greedy().withMaxTokens(Network.CONTINUATION);
    private final int[] words = new int[Network.CONTINUATION];
    private int count;

    GenerationSession(Gpt2 model) {
        this.model = model;
    }

    @Override
    public double step(Batch batch) {
        count = 0;
        model.generate(batch.tokens(), how, word -> words[count++] = word);
        return words[count - 1];
    }

    @Override
    public float[] outputs() {
        var all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = words[i];
        }
        return all;
    }

    @Override
    public void close() {
        model.close();
    }
}
