package digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DigitNetTest {

    private static final Path WEIGHTS = Path.of("weights/digits.safetensors");

    @Test
    void readsTheTestSet() throws IOException {
        Images images = Images.read(Path.of("data"), 1000);
        int right = 0;
        try (DigitNet net = DigitNet.load(WEIGHTS)) {
            for (int i = 0; i < images.labels().length; i++) {
                right += ReadDigits.largest(net.predict(images.pixels()[i])) == images.labels()[i] ? 1 : 0;
            }
        }
        assertEquals(1000, images.labels().length);
        assertTrue(right >= 960, right + " of 1000 digits were read rightly");
    }

    @Test
    void aBatchGivesTheSameAsOneByOne() throws IOException {
        Images images = Images.read(Path.of("data"), 16);
        try (DigitNet net = DigitNet.load(WEIGHTS);
                DigitNet.Call call = net.call(16)) {
            for (int i = 0; i < 16; i++) {
                for (int p = 0; p < 784; p++) {
                    call.image().setAtIndex(ValueLayout.JAVA_FLOAT, i * 784L + p, images.pixels()[i][p]);
                }
            }
            call.run();
            for (int i = 0; i < 16; i++) {
                var logits = new float[10];
                for (int c = 0; c < 10; c++) {
                    logits[c] = call.logits().getAtIndex(ValueLayout.JAVA_FLOAT, i * 10L + c);
                }
                assertArrayEquals(net.predict(images.pixels()[i]), logits, 1e-3f);
            }
        }
    }

    @Test
    void aWrongSizeIsRefusedInTheModelsWords() {
        try (DigitNet net = DigitNet.load(WEIGHTS)) {
            var problem = assertThrows(IllegalArgumentException.class, () -> net.predict(new float[768]));
            assertTrue(problem.getMessage().contains("image needs 784 values"), problem.getMessage());
        }
    }
}
