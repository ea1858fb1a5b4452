package dev.nnd.runtime.data;

/**
 * One example that a caller made rather than a file: pixels, or the columns that the model's inputs read. It lets
 * {@link Dataset#encode} run the same code in serving as in training. It refers to the caller's array and copies nothing.
 */
public final class ExampleRow implements Row {

    private static final float[] NONE = {};

    private final float[] pixels;
    private final float[] values;

    private ExampleRow(float[] pixels, float[] values) {
        this.pixels = pixels;
        this.values = values;
    }

    /** An example of pixels from 0 to 255. */
    public static ExampleRow ofPixels(float[] pixels) {
        return new ExampleRow(pixels, NONE);
    }

    /**
     * An example of the first columns of {@link SourceSpec#columns}.
     *
     * @throws IllegalArgumentException if one is not finite
     */
    public static ExampleRow ofColumns(float... values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException("value " + (i + 1) + " of the example is " + values[i]);
            }
        }
        return new ExampleRow(NONE, values);
    }

    @Override
    public long number() {
        return 1;
    }

    @Override
    public String file() {
        return "the example";
    }

    @Override
    public float pixel(int i) {
        return pixels[i];
    }

    @Override
    public int pixels() {
        return pixels.length;
    }

    @Override
    public float value(int column) {
        return values[column];
    }
}
