package dev.nnd.runtime.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Mixes the examples of finished batches. What a batch becomes follows from the seed, the pass and its place in the pass. */
final class Mixer {
    private final Mixing mixing;
    private final List<FieldSpec> fields;
    private final float[][] last;
    private final int height;
    private final int width;
    private final long seed;
    private ExampleDraws draws;
    private long drawsOf;

    Mixer(Dataset dataset, Mixing mixing, long seed) {
        this.mixing = mixing;
        this.fields = mixing.fields().stream().map(dataset.fields()::get).toList();
        this.last = fields.stream()
                .map(f -> new float[Math.toIntExact(f.elements())])
                .toArray(float[][]::new);
        long[] image = fields.stream()
                .filter(Mixer::isImage)
                .findFirst()
                .map(FieldSpec::dims)
                .orElse(new long[] {1, 1, 1});
        this.height = (int) image[1];
        this.width = (int) image[2];
        this.seed = seed;
        this.draws = ExampleDraws.ofBatches(seed, 0);
    }

    private static boolean isImage(FieldSpec field) {
        return field.dims().length == 3;
    }

    /** The batch of {@code n} examples that begins at {@code from} of the pass. */
    void mix(long pass, int from, int n, MemorySegment[] batch) {
        if (drawsOf != pass) {
            draws = ExampleDraws.ofBatches(seed, pass);
            drawsOf = pass;
        }
        draws.row(from);
        double drawn = mixing.alpha() == 0 ? 1 : draws.beta(mixing.alpha());
        // The larger part is the example's own, which its label then names.
        double share = Math.max(drawn, 1 - drawn);
        switch (mixing.kind()) {
            case MIXUP -> {
                for (int f = 0; f < fields.size(); f++) {
                    blend(f, (float) share, n, batch[mixing.fields().get(f)]);
                }
            }
            case CUTMIX -> cut(share, n, batch);
        }
    }

    /** A rectangle of a share of the area around a point anywhere, as far as it is inside; what is left is the share then. */
    private void cut(double share, int n, MemorySegment[] batch) {
        double half = 0.5 * Math.sqrt(1 - share);
        int column = draws.below(width);
        int row = draws.below(height);
        int halfWidth = (int) (half * width);
        int halfHeight = (int) (half * height);
        int left = Math.max(0, column - halfWidth);
        int right = Math.min(width, column + halfWidth);
        int top = Math.max(0, row - halfHeight);
        int bottom = Math.min(height, row + halfHeight);
        float own = (float) (1 - (double) (right - left) * (bottom - top) / ((double) width * height));
        for (int f = 0; f < fields.size(); f++) {
            MemorySegment field = batch[mixing.fields().get(f)];
            if (!isImage(fields.get(f))) {
                blend(f, own, n, field);
            } else if (right > left) {
                for (int y = top; y < bottom; y++) {
                    paste(f, y, left, right - left, n, field);
                }
            }
        }
    }

    /** Each example is {@code share} of itself and the rest of the one before it, the first of the last. */
    private void blend(int f, float share, int n, MemorySegment field) {
        float[] held = last[f];
        long size = held.length;
        MemorySegment.copy(field, ValueLayout.JAVA_FLOAT, 4 * size * (n - 1), held, 0, held.length);
        float rest = 1 - share;
        // From the end, so that the one before is still as it was.
        for (long at = size * n - 1; at >= size; at--) {
            float own = field.getAtIndex(ValueLayout.JAVA_FLOAT, at);
            float other = field.getAtIndex(ValueLayout.JAVA_FLOAT, at - size);
            field.setAtIndex(ValueLayout.JAVA_FLOAT, at, share * own + rest * other);
        }
        for (int e = 0; e < held.length; e++) {
            float own = field.getAtIndex(ValueLayout.JAVA_FLOAT, e);
            field.setAtIndex(ValueLayout.JAVA_FLOAT, e, share * own + rest * held[e]);
        }
    }

    /** A part of a row of the image, in each channel, is that of the example before. */
    private void paste(int f, int y, int left, int length, int n, MemorySegment field) {
        float[] held = last[f];
        long size = held.length;
        int channels = held.length / (height * width);
        for (int c = 0; c < channels; c++) {
            long line = ((long) c * height + y) * width + left;
            MemorySegment.copy(field, ValueLayout.JAVA_FLOAT, 4 * (size * (n - 1) + line), held, 0, length);
            for (long i = n - 1L; i > 0; i--) {
                MemorySegment.copy(field, 4 * (size * (i - 1) + line), field, 4 * (size * i + line), 4L * length);
            }
            MemorySegment.copy(held, 0, field, ValueLayout.JAVA_FLOAT, 4 * line, length);
        }
    }
}
