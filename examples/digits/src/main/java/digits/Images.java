package digits;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The first images of an IDX file, with grey levels between 0 and 1 as the network takes them, and their labels. */
record Images(float[][] pixels, int[] labels) {

    static final int SIDE = 28;

    /** Reads at most {@code limit} test images and labels from a folder. */
    static Images read(Path folder, int limit) throws IOException {
        try (DataInputStream images = open(folder.resolve("test-images-idx3-ubyte.gz"));
                DataInputStream labels = open(folder.resolve("test-labels-idx1-ubyte.gz"))) {
            images.readInt();
            int count = Math.min(limit, images.readInt());
            images.skipNBytes(8);
            labels.skipNBytes(8);
            var pixels = new float[count][SIDE * SIDE];
            var digits = new int[count];
            for (int i = 0; i < count; i++) {
                for (int p = 0; p < SIDE * SIDE; p++) {
                    pixels[i][p] = images.readUnsignedByte() / 255f;
                }
                digits[i] = labels.readUnsignedByte();
            }
            return new Images(pixels, digits);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))));
    }

    /** The image as text, two characters a pixel. */
    String draw(int index) {
        var text = new StringBuilder();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                String ink = String.valueOf(" .:*#".charAt((int) (pixels[index][y * SIDE + x] * 4.99f)));
                text.append(ink).append(ink);
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }
}
