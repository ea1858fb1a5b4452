package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.data.Augmentations;
import dev.nnd.runtime.data.ExampleDraws;
import dev.nnd.runtime.data.Mixing;
import dev.nnd.runtime.data.Pictures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class AugmentationsTest {

    private static final Augmentations SMALL = new Augmentations(1, 2, 3);
    private static final float[] IMAGE = {1, 2, 3, 4, 5, 6};

    @Test
    void followsFromSeedAndPassAlone() {
        List<BiFunction<float[], ExampleDraws, float[]>> all = List.of(
                (x, d) -> SMALL.randomCrop(x, 2, d),
                (x, d) -> SMALL.randomFlip(x, true, true, 0.5, d),
                (x, d) -> SMALL.randomErasing(x, 0.5, 0.5, d),
                (x, d) -> SMALL.cutout(x, 2, d),
                (x, d) -> SMALL.rotate(x, 90, d),
                (x, d) -> SMALL.scale(x, 0.5, 2, d),
                (x, d) -> SMALL.translate(x, 0.5, d),
                (x, d) -> SMALL.shear(x, 30, d),
                (x, d) -> SMALL.colourJitter(x, 0.5, 0.5, 0.5, 0.1, d),
                (x, d) -> SMALL.blur(x, 2, d),
                (x, d) -> Augmentations.noise(x, 0.1, d));
        for (int k = 0; k < all.size(); k++) {
            var seen = new ArrayList<String>();
            for (long seed = 0; seed < 20; seed++) {
                float[] one = all.get(k).apply(IMAGE.clone(), new ExampleDraws(seed, 1));
                assertArrayEquals(one, all.get(k).apply(IMAGE.clone(), new ExampleDraws(seed, 1)));
                assertEquals(IMAGE.length, one.length);
                seen.add(Arrays.toString(one));
            }
            assertTrue(seen.stream().distinct().count() > 1, "number " + k + " does nothing");
        }
    }

    @Test
    void givesBackTheImageWhereNothingIsToBeDone() {
        var draws = new ExampleDraws(3, 0);
        assertArrayEquals(IMAGE, SMALL.randomCrop(IMAGE, 0, draws));
        assertArrayEquals(IMAGE, SMALL.randomFlip(IMAGE, true, true, 0, draws));
        assertArrayEquals(IMAGE, SMALL.rotate(IMAGE, 0, draws), 1e-6f);
        assertArrayEquals(IMAGE, SMALL.scale(IMAGE, 1, 1, draws), 1e-6f);
        assertArrayEquals(IMAGE, SMALL.colourJitter(IMAGE, 0, 0, 0, 0, draws), 1e-5f);
        assertArrayEquals(new float[] {3, 2, 1, 6, 5, 4}, SMALL.randomFlip(IMAGE, true, false, 1, draws));
        assertArrayEquals(new float[] {4, 5, 6, 1, 2, 3}, SMALL.randomFlip(IMAGE, false, true, 1, draws));
        float[] colours = {0.2f, 0.4f, 0.6f, 0.8f, 0.1f, 0.3f};
        float[] grey = Pictures.grayscale(colours);
        assertArrayEquals(
                new float[] {grey[0], grey[1], grey[0], grey[1], grey[0], grey[1]},
                new Augmentations(3, 1, 2).randomGrayscale(colours, 1, draws),
                1e-6f);
    }

    @Test
    void changesTheSizeOfPictures() {
        assertArrayEquals(new float[] {5, 6}, Pictures.crop(IMAGE, 2, 3, 1, 1, 1, 2));
        assertArrayEquals(new float[] {0, 1, 0, 4}, Pictures.crop(IMAGE, 2, 3, 0, -1, 2, 2));
        assertArrayEquals(new float[] {2, 5}, Pictures.centerCrop(IMAGE, 2, 3, 2, 1));
        assertArrayEquals(new float[] {0, 0, 0, 0, 9, 0, 0, 0, 0}, Pictures.pad(new float[] {9}, 1, 1, 1));
        assertArrayEquals(new float[] {1, 1.5f, 2.5f, 3}, Pictures.resize(new float[] {1, 3}, 1, 2, 1, 4), 1e-6f);
        assertArrayEquals(new float[] {3.5f}, Pictures.resize(IMAGE, 2, 3, 1, 1), 1e-6f);
    }

    /** What generated code says of {@code mixup}; steps before it change each example first. */
    @Test
    void generatedSectionsSayWhatTheyMix() throws Exception {
        String fields = """
                source train = images("*/*.png")
                field image: f32[3, 4, 4] = images
                field label: class["a", "b"] = labels
                field target: f32[2] = label -> one_hot(2)
                """;
        assertEquals(
                Optional.of(new Mixing(Mixing.Kind.MIXUP, 0.4, List.of(0, 2))),
                CompiledData.of(
                                fields
                                        + "augment image -> random_flip() -> mixup(alpha: 0.4)\naugment target -> mixup(alpha: 0.4)")
                        .mixing());
        assertEquals(
                Optional.of(new Mixing(Mixing.Kind.CUTMIX, 1, List.of(0, 2))),
                CompiledData.of(fields + "augment image -> cutmix\naugment target -> cutmix")
                        .mixing());
        assertEquals(Optional.empty(), CompiledData.of(fields).mixing());
    }
}
