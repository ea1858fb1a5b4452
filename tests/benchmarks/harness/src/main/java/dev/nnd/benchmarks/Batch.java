package dev.nnd.benchmarks;

import java.util.Random;

/**
 * Examples in Java arrays, the same for all contenders. Labels are drawn anew for each step: a network that had learned them by heart would
 * calculate with numbers so small that they slow some processors down.
 *
 * @param numbers the first input where it holds numbers, else empty
 * @param tokens the first input where it holds words, else empty
 * @param segments the second input of a BERT: zeros
 * @param mask the third input of a BERT: true but behind the end of each text
 * @param labels what is to be learned; empty for predictions
 */
public record Batch(float[] numbers, int[] tokens, int[] segments, boolean[] mask, int[] labels) {

    /** How many different ones there are. */
    static final int POOL = 2;

    /** The batch of this number, with labels for step 0. */
    public static Batch of(Workload workload, int number) {
        Network network = workload.network();
        int count = workload.batch() * network.exampleElements();
        boolean text = network.vocabulary() > 0;
        var batch = new Batch(
                new float[text ? 0 : count],
                new int[text ? count : 0],
                new int[text ? count : 0],
                new boolean[text ? count : 0],
                new int[network.classes() > 0 ? workload.batch() : 0]);
        batch.fill(network, new Random(17 + number));
        batch.drawLabels(network.classes(), 0);
        return batch;
    }

    private void fill(Network network, Random random) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat();
        }
        int length = network.exampleElements();
        for (int i = 0; i < tokens.length; i++) {
            int row = i / length;
            mask[i] = i % length < length - row * 5 % 64;
            tokens[i] = mask[i] || length == 100 ? 1 + random.nextInt(network.vocabulary() - 1) : 0;
        }
    }

    /** Replaces the labels by those of a step. */
    void drawLabels(int classes, long step) {
        for (int i = 0; i < labels.length; i++) {
            long mixed = (step * 1_000_003 + i) * 0x9E3779B97F4A7C15L;
            labels[i] = (int) ((mixed >>> 33) % classes);
        }
    }
}
