package dev.nnd.runtime.data;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One example that a caller made rather than a file: pixels, or the columns that the model's inputs read. It lets
 * {@link Dataset#encode} run the same code in serving as in training. It refers to the caller's array and copies nothing.
 */
public final class ExampleRow implements Row {

    private static final float[] NONE = {};

    private String file = "the example";
    private int[] tokens = {};
    private @Nullable Picture picture;
    private final float[] pixels;
    private final float[] values;
    private final double[] numbers;
    private final @Nullable String[] texts;
    private final double[][] arrays;

    private ExampleRow(float[] pixels, float[] values) {
        this(pixels, values, 0);
    }

    private ExampleRow(float[] pixels, float[] values, int columns) {
        this.pixels = pixels;
        this.values = values;
        this.numbers = new double[columns];
        this.texts = new String[columns];
        this.arrays = new double[columns][0];
    }

    /** An example of so many columns, given by {@link #with}; those that are not stay 0. */
    public static ExampleRow columns(int columns) {
        return new ExampleRow(NONE, new float[columns], columns);
    }

    /** A number in a column. */
    public ExampleRow with(int column, float value) {
        values[column] = value;
        numbers[column] = value;
        return this;
    }

    /** A number in a column. */
    public ExampleRow with(int column, double value) {
        values[column] = (float) value;
        numbers[column] = value;
        return this;
    }

    /** A whole number in a column; up to 2^53. */
    public ExampleRow with(int column, long value) {
        return with(column, (double) value);
    }

    /** A truth value in a column. */
    public ExampleRow with(int column, boolean value) {
        return with(column, value ? 1.0 : 0.0);
    }

    /** Numbers in a column, row by row. */
    public ExampleRow with(int column, float[] values) {
        arrays[column] = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            arrays[column][i] = values[i];
        }
        return this;
    }

    /** Numbers in a column, row by row. */
    public ExampleRow with(int column, double[] values) {
        arrays[column] = values.clone();
        return this;
    }

    /** Whole numbers in a column, row by row. */
    public ExampleRow with(int column, int[] values) {
        arrays[column] = Arrays.stream(values).asDoubleStream().toArray();
        return this;
    }

    /** Whole numbers in a column, row by row; up to 2^53. */
    public ExampleRow with(int column, long[] values) {
        arrays[column] = Arrays.stream(values).asDoubleStream().toArray();
        return this;
    }

    /** Truth values in a column, row by row. */
    public ExampleRow with(int column, boolean[] values) {
        arrays[column] = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            arrays[column][i] = values[i] ? 1 : 0;
        }
        return this;
    }

    /** A text in a column; where it is read as a number too, it is parsed. */
    public ExampleRow with(int column, String text) {
        texts[column] = text;
        char[] digits = text.strip().toCharArray();
        return Values.isMissing(text) ? with(column, Float.NaN) : with(column, Numbers.parse(digits, 0, digits.length));
    }

    /** An example that is a picture, upright and decoded. */
    public static ExampleRow ofPicture(Picture picture) {
        var row = new ExampleRow(NONE, NONE);
        row.picture = picture;
        return row;
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
        return file;
    }

    @Override
    public float pixel(int i) {
        return picture == null ? pixels[i] : picture.value(i);
    }

    @Override
    public int pixels() {
        return picture == null ? pixels.length : picture.values().length;
    }

    @Override
    public int height() {
        return given().height();
    }

    @Override
    public int width() {
        return given().width();
    }

    private Picture given() {
        if (picture == null) {
            throw new IllegalArgumentException("the example is no picture");
        }
        return picture;
    }

    @Override
    public void requirePicture(String field, int channels, int height, int width) {
        Picture converted = given().withChannels(channels);
        if (height > 0 && (converted.height() != height || converted.width() != width)) {
            throw new IllegalArgumentException(field + " needs a picture of " + height + " x " + width + ", got "
                    + converted.height() + " x " + converted.width());
        }
        picture = converted;
    }

    @Override
    public float value(int column) {
        return finite(column, values[column]);
    }

    private float finite(int column, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException("value " + (column + 1) + " of the example is " + value);
        }
        return value;
    }

    @Override
    public float optional(int column) {
        return values[column];
    }

    @Override
    public double real(int column) {
        finite(column, values[column]);
        return numbers[column];
    }

    @Override
    public long whole(int column) {
        finite(column, values[column]);
        return (long) numbers[column];
    }

    @Override
    public boolean truth(int column) {
        return numbers[column] != 0;
    }

    @Override
    public void requireDims(String field, int column, int... dims) {
        long elements = Arrays.stream(dims).asLongStream().reduce(1, Math::multiplyExact);
        int given = arrays[column].length;
        if (given != elements) {
            throw new IllegalArgumentException(
                    field + " needs an array of " + elements + " values in its column, got " + given);
        }
    }

    @Override
    public float value(int column, int element) {
        return finite(column, (float) arrays[column][element]);
    }

    @Override
    public float optional(int column, int element) {
        return (float) arrays[column][element];
    }

    @Override
    public double real(int column, int element) {
        finite(column, (float) arrays[column][element]);
        return arrays[column][element];
    }

    @Override
    public long whole(int column, int element) {
        finite(column, (float) arrays[column][element]);
        return (long) arrays[column][element];
    }

    @Override
    public boolean truth(int column, int element) {
        return arrays[column][element] != 0;
    }

    @Override
    public String text(int column) {
        String text = texts[column];
        return text == null ? Values.text(values[column]) : text;
    }

    @Override
    public int choice(int column, List<String> names) {
        String text = text(column).strip();
        int index = names.indexOf(text);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "value " + (column + 1) + " of the example is \"" + text + "\", and takes " + Labels.listed(names));
        }
        return index;
    }

    ExampleRow withText(String file, String text) {
        this.file = file;
        return with(0, text);
    }

    @Override
    public String stream() {
        return text(0);
    }

    @Override
    public void tokenize(int tokenizer, Dataset dataset) {
        tokens = dataset.tokens(tokenizer, stream());
    }

    @Override
    public int token(int tokenizer, int i) {
        return i < tokens.length ? tokens[i] : 0;
    }
}
