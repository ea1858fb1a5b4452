package dev.nnd.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A statistic that is learned from the training split only and travels with the model. */
public sealed interface Learned
        permits Learned.Standardizer, MinMax, Imputer, TextImputer, Vocabulary, WordPieces, BytePairs, TokenizerFile {

    /** What is saved of it: arrays of numbers by name, and texts in order. */
    record Saved(Map<String, double[]> numbers, List<String> texts) {
        double[] array(String name) {
            var found = numbers.get(name);
            if (found == null) {
                throw new IllegalArgumentException("`" + name + "` is missing");
            }
            return found;
        }

        /** True if all numbers have the same bits and all texts are the same. */
        boolean sameAs(Saved other) {
            return texts.equals(other.texts)
                    && numbers.keySet().equals(other.numbers.keySet())
                    && numbers.keySet().stream().allMatch(name -> Arrays.equals(array(name), other.array(name)));
        }
    }

    /** Its kind, as in the saved file. */
    String kind();

    /** What {@link #restore(Saved)} needs. */
    Saved saved();

    /**
     * Takes over what was learned before.
     *
     * @throws IllegalArgumentException if it is not of this kind and size
     */
    void restore(Saved saved);

    /** Reads what it needs of the data folder, before the rows of the training split; most need nothing. */
    default void open(Path folder) {}

    /** The field it belongs to, for messages and for the saved file. */
    String name();

    /** True once it can be applied: learned, or loaded from a run directory. */
    boolean ready();

    /**
     * For what depends on what is learned.
     *
     * @throws IllegalStateException if nothing is yet
     */
    default void requireReady() {
        if (!ready()) {
            throw new IllegalStateException("the " + kind() + " of `" + name()
                    + "` are not learned yet: train first, or load the run directory of a trained model");
        }
    }

    /** Forgets what was learned. */
    void reset();

    /** Ends learning; returns warnings, each one plain sentence. */
    List<String> finish();

    /**
     * Mean and population standard deviation of each element. Welford's update (Technometrics 4, 1962) in double
     * precision. An element that never varies gets standard deviation 1, so that it becomes 0.
     */
    final class Standardizer implements Learned {
        private final String name;
        private final double[] mean;
        private final double[] squares;
        private final double[] std;
        private final long[] count;
        private boolean ready;

        /** Nothing learned yet, for {@code elements} values. */
        public Standardizer(String name, int elements) {
            this.name = name;
            this.mean = new double[elements];
            this.squares = new double[elements];
            this.std = new double[elements];
            this.count = new long[elements];
            reset();
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String kind() {
            return "standardize";
        }

        @Override
        public Saved saved() {
            var numbers = new LinkedHashMap<String, double[]>();
            numbers.put("mean", mean.clone());
            numbers.put("std", std.clone());
            return new Saved(numbers, List.of());
        }

        @Override
        public void restore(Saved saved) {
            restore(saved.array("mean"), saved.array("std"));
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public void reset() {
            Arrays.fill(mean, 0);
            Arrays.fill(squares, 0);
            Arrays.fill(std, 1);
            Arrays.fill(count, 0);
            ready = false;
        }

        /** Element {@code i} of one more row. */
        public void accept(int i, double v) {
            count[i]++;
            double before = v - mean[i];
            mean[i] += before / count[i];
            squares[i] += before * (v - mean[i]);
        }

        @Override
        public List<String> finish() {
            var constant = new ArrayList<Integer>();
            for (int i = 0; i < mean.length; i++) {
                std[i] = count[i] == 0 ? 0 : Math.sqrt(squares[i] / count[i]);
                // Rounding leaves a residue of some ulps of the mean in a column whose values are all equal.
                if (std[i] <= 1e-12 * Math.abs(mean[i])) {
                    std[i] = 1;
                    constant.add(i);
                }
            }
            ready = true;
            return constant.isEmpty() ? List.of() : List.of(constantWarning(constant));
        }

        private String constantWarning(List<Integer> constant) {
            return mean.length == 1
                    ? "`" + name + "` is " + (float) mean[0] + " in every training row: it is standardized to 0 and"
                            + " tells the model nothing."
                    : constant.size() + " of " + mean.length + " elements of `" + name + "` (the first is element "
                            + constant.getFirst() + ") never vary in the training rows: they are standardized to 0.";
        }

        /** (v - mean) / standard deviation of element {@code i}. Before learning, v. */
        public float apply(int i, float v) {
            return (float) ((v - mean[i]) / std[i]);
        }

        /** How many elements it has. */
        public int elements() {
            return mean.length;
        }

        /** The mean of element {@code i}. */
        public double mean(int i) {
            return mean[i];
        }

        /** The standard deviation of element {@code i}, above 0. */
        public double std(int i) {
            return std[i];
        }

        /** Takes over what was learned before; both arrays have {@link #elements} finite values, {@code std} above 0. */
        void restore(double[] mean, double[] std) {
            if (mean.length != elements() || std.length != elements()) {
                throw new IllegalArgumentException(
                        "`" + name + "` has " + elements() + " elements, not " + mean.length);
            }
            for (int i = 0; i < mean.length; i++) {
                if (!Double.isFinite(mean[i]) || !Double.isFinite(std[i]) || std[i] <= 0) {
                    throw new IllegalArgumentException(
                            "`" + name + "` has a mean or standard deviation that is no number");
                }
            }
            System.arraycopy(mean, 0, this.mean, 0, mean.length);
            System.arraycopy(std, 0, this.std, 0, std.length);
            ready = true;
        }
    }
}
