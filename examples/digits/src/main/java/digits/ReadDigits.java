package digits;

import java.io.IOException;
import java.nio.file.Path;

/** Draws some digits of the test set and says what the network reads in them. */
public final class ReadDigits {

    private ReadDigits() {}

    /** Arguments: the folder with the test images, then the weights file; both have defaults for this project. */
    public static void main(String[] arguments) throws IOException {
        Path data = Path.of(arguments.length > 0 ? arguments[0] : "data");
        Path weights = Path.of(arguments.length > 1 ? arguments[1] : "weights/digits.safetensors");
        Images images = Images.read(data, 5);
        try (DigitNet net = DigitNet.load(weights)) {
            for (int i = 0; i < images.pixels().length; i++) {
                float[] logits = net.predict(images.pixels()[i]);
                System.out.print(images.draw(i));
                System.out.println("This is a " + largest(logits) + "; it was written as a " + images.labels()[i] + ".");
            }
        }
    }

    /** The index of the largest score. */
    static int largest(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }
}
