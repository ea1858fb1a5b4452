package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.nnd.runtime.data.Augmentations;
import dev.nnd.runtime.data.ExampleDraws;
import dev.nnd.runtime.data.Pictures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What others compute of the same images. */
class PictureNumbersTest {
    private static final Augmentations SMALL = new Augmentations(1, 3, 4);

    /** The first number of these draws is 0.075008 of the way from low to high, the second 0.727286. */
    private static ExampleDraws draws() {
        return new ExampleDraws(3, 1);
    }

    private static float[] image(int size, int step, int modulus) {
        var image = new float[size];
        for (int i = 0; i < size; i++) {
            image[i] = i * step % modulus;
        }
        return image;
    }

    private static float[] small() {
        float[] image = image(12, 7, 12);
        for (int i = 0; i < image.length; i++) {
            image[i]++;
        }
        return image;
    }

    private static void assertClose(float[] is, double... expected) {
        var floats = new float[expected.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) expected[i];
        }
        assertArrayEquals(floats, is, 2e-4f);
    }

    /** Pillow 12.3.0, {@code Image.resize} with BILINEAR of an image of mode F. */
    @Test
    void resizesAsPillow() {
        float[] image = image(63, 37, 101);
        assertClose(
                Pictures.resize(image, 7, 9, 3, 4),
                43.3857,
                41.0331,
                47.3850,
                55.6653,
                57.6807,
                58.7934,
                42.6227,
                47.2504,
                52.6122,
                58.0470,
                52.6098,
                45.1041);
        assertClose(Pictures.resize(image, 7, 9, 1, 1), 50.4989);
        assertClose(
                Pictures.resize(image, 7, 9, 7, 3),
                33.6250,
                47.0000,
                60.3750,
                38.3750,
                43.3333,
                52.5000,
                68.3750,
                39.6667,
                44.6250,
                60.5000,
                58.4444,
                49.3750,
                52.6250,
                43.5556,
                41.5000,
                57.3750,
                62.3333,
                33.6250,
                49.5000,
                58.6667,
                63.6250);
        float[] taller = Pictures.resize(image, 7, 9, 10, 5);
        assertClose(
                Arrays.copyOf(taller, 10),
                21.1429,
                47.0625,
                47.0000,
                46.9375,
                72.8571,
                33.6750,
                35.7875,
                50.4294,
                46.0781,
                61.5821);
    }

    /** PyTorch 2.13, {@code grid_sample}, bilinear, of zeros outside: by -25.4995 degrees, a factor of 0.612512. */
    @Test
    void turnsAndScalesAsGridSample() {
        assertClose(
                SMALL.rotate(small(), 30, draws()),
                2.8429,
                6.5781,
                4.7602,
                2.6935,
                7.4736,
                10.1603,
                6.3825,
                6.7644,
                2.7627,
                6.4878,
                7.8404,
                2.1664);
        assertClose(
                SMALL.scale(small(), 0.5, 2, draws()),
                0.0188,
                2.1256,
                1.9156,
                0.1876,
                0.2553,
                9.7858,
                5.4184,
                0.1021,
                0.1689,
                2.0505,
                3.4601,
                0.1126);
        assertClose(
                SMALL.shear(small(), 30, draws()),
                4.3388,
                5.6152,
                6.3388,
                5.2303,
                5.0000,
                12.0000,
                7.0000,
                2.0000,
                4.7073,
                6.3848,
                7.6612,
                8.3848);
    }

    /** The same: 1.274975 up, 0.909144 to the right. */
    @Test
    void movesAsGridSample() {
        assertClose(
                SMALL.translate(small(), 0.5, draws()),
                0.5542,
                6.4361,
                9.6457,
                7.6456,
                0.5929,
                6.1958,
                3.3612,
                7.6459,
                0,
                0,
                0,
                0);
    }

    /** PyTorch's {@code conv2d} with a Gaussian of 0.900095 pixels over replicated edges. */
    @Test
    void blursAsConvolutions() {
        assertClose(
                SMALL.blur(small(), 12, draws()),
                3.9165,
                5.8649,
                6.2937,
                7.0779,
                5.9507,
                7.1136,
                6.8563,
                5.8614,
                7.4034,
                7.3729,
                7.5151,
                6.3205);
    }

    /** By PyTorch: brightness 0.575008, contrast 1.227286 about the mean, saturation 0.659853, hue -0.023978 turns in YIQ. */
    @Test
    void changesColours() {
        float[] image = image(12, 5, 12);
        for (int i = 0; i < image.length; i++) {
            image[i] /= 12;
        }
        assertClose(
                new Augmentations(3, 2, 2).colourJitter(image, 0.5, 0.5, 0.5, 0.1, draws()),
                0.0417,
                0.2147,
                0.4461,
                0.2181,
                0.3439,
                0.0360,
                0.3225,
                0.5203,
                0.2524,
                0.3293,
                0.1208,
                0.4288);
    }
}
