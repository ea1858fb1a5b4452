package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.Picture;
import dev.nnd.runtime.data.Row;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of pictures, right and wrong, through compiled sections. */
class PictureSourcesTest {
    @TempDir
    private Path folder;

    private static BufferedImage image(int height, int width, Random random) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        return image;
    }

    private Path write(String name, BufferedImage image, String format) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        assertTrue(ImageIO.write(image, format, file.toFile()), format);
        return file;
    }

    private static int red(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) >> 16 & 0xFF;
    }

    @Test
    void readsFoldersOfOneSize() throws Exception {
        var random = new Random(5);
        var cat = image(4, 6, random);
        var dog = image(4, 6, random);
        write("photos/dog/a.png", dog, "png");
        write("photos/cat/b.bmp", cat, "bmp");
        var data = CompiledData.of("""
                source train = images("photos/*/*")
                field image: f32[3, 4, 6] = images / 255
                field label: class["cat", "dog"] = labels
                """);
        assertArrayEquals(new int[] {0, 1}, CompiledData.ints(data, folder, "train", 1));
        float[] values = CompiledData.floats(data, folder, "train", 0);
        assertEquals(2 * 3 * 4 * 6, values.length);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 6; x++) {
                assertEquals(red(cat, x, y) / 255f, values[y * 6 + x]);
                assertEquals(red(dog, x, y) / 255f, values[72 + y * 6 + x]);
                assertEquals((cat.getRGB(x, y) & 0xFF) / 255f, values[48 + y * 6 + x], "blue");
            }
        }
        write("photos/cat/c.png", image(4, 7, random), "png");
        assertEquals(
                "The picture photos/cat/c.png does not fit: it is 4 x 7, and the field `image: f32[3, 4, 6]` needs 4 x 6.",
                CompiledData.error(
                        "source train = images(\"photos/*/*\")\nfield image: f32[3, 4, 6] = images", folder));
    }

    @Test
    void readsPicturesOfAllSizes() throws Exception {
        var random = new Random(6);
        for (int i = 0; i < 20; i++) {
            write("train/k" + i % 2 + "/" + i + ".png", image(20 + i, 31 - i, random), "png");
        }
        String resized = """
                source train = images("train/*/*.png")
                field image: f32[3, 8, 8] = images / 255 -> resize(12, 10) -> center_crop(8) -> normalize(mean: [0.5, 0.4, 0.3], std: [0.1, 0.2, 0.3])
                field small: f32[3, 8, 8] = (images - 7) * 2 -> normalize(mean: [0.5, 0.4, 0.3], std: [0.1, 0.2, 0.3]) -> pad(2) -> crop(top: 1, left: 3, height: 8, width: 8)
                field grey: f32[1, 4, 4] = images -> grayscale -> center_crop(4) -> standardize
                field label: class["k0", "k1"] = labels
                """;
        Dataset data = CompiledData.of(resized);
        float[] cropped = CompiledData.floats(data, folder, "train", 1);
        // 0.png is the first; rows 1 and 2 of the padded picture, columns 3 to 10.
        Picture first = Picture.read(folder.resolve("train/k0/0.png"));
        assertEquals(0, cropped[0]);
        assertEquals(((first.value(1) - 7) * 2 - 0.5f) / 0.1f, cropped[8], 1e-3f);
        assertEquals(((first.value(20 * 31 + 1) - 7) * 2 - 0.4f) / 0.2f, cropped[64 + 8], 1e-3f);
        // The first example as it is served, bit by bit.
        assertServedAlike(resized, "train/k0/0.png", 0, CompiledData.floats(data, folder, "train", 0));
        assertServedAlike(resized, "train/k0/0.png", 1, cropped);
        assertEquals(
                "The picture train/k0/16.png does not fit: it is 36 x 15, and the field `image: f32[3, 17, 17]` needs at least 17 x 17.",
                CompiledData.error(
                        "source train = images(\"train/*/*.png\")\nfield image: f32[3, 17, 17] = images -> center_crop(17)",
                        folder));
    }

    /** Serving runs the code of training. */
    private void assertServedAlike(String items, String file, int field, float[] trained) throws Exception {
        Class<?> type = CompiledData.type(items);
        Class<?> example = type.getClassLoader().loadClass("D$Example");
        Object given = example.getConstructor(Picture.class).newInstance(Picture.read(folder.resolve(file)));
        Row row = (Row) type.getMethod("row", example).invoke(null, given);
        var data = (Dataset) type.getConstructor().newInstance();
        try (var arena = Arena.ofConfined()) {
            int n = (int) data.fields().get(field).elements();
            var out = arena.allocate(4L * n, 8);
            data.encode(field, row, out, 0);
            assertArrayEquals(Arrays.copyOf(trained, n), out.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    @Test
    void keepsWhatFitsIntoMemoryAndDecodesTheRestAgain() throws Exception {
        var random = new Random(7);
        for (int i = 0; i < 12; i++) {
            write("p/" + i + ".jpg", image(300, 400, random), "jpg");
        }
        var data = CompiledData.of("source train = images(\"p/*.jpg\")\nfield image: f32[3, 300, 400] = images");
        byte[] all;
        try (var session = DataSession.open(data, folder, 64 << 20)) {
            all = CompiledData.bytes(data, session.split("train").orElseThrow(), 0);
            assertTrue(session.memoryBytes() > 12 * 360_000);
        }
        try (var session = DataSession.open(data, folder, 10 << 20)) {
            assertArrayEquals(
                    all, CompiledData.bytes(data, session.split("train").orElseThrow(), 0));
            assertTrue(session.memoryBytes() + session.spilledBytes() < 10 << 20);
        }
    }

    private Picture decode(BufferedImage image, String format) throws IOException {
        var out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out));
        return Picture.decode(out.toByteArray(), format);
    }

    @Test
    void decodesTheFormsOfPictures() throws IOException {
        var grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(1, 0, 0, 100);
        assertEquals(100, decode(grey, "png").value(1), "grey values are not converted");
        assertEquals(1, decode(grey, "png").channels());
        assertEquals(100, decode(grey, "png").withChannels(3).value(5));
        var sixteen = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        sixteen.getRaster().setSample(0, 0, 0, 65535);
        sixteen.getRaster().setSample(1, 0, 0, 257 * 77);
        assertEquals(255, decode(sixteen, "png").value(0));
        assertEquals(77, decode(sixteen, "png").value(1));
        var alpha = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        alpha.setRGB(0, 0, 0x40102030);
        Picture four = decode(alpha, "png");
        assertEquals(4, four.channels());
        assertEquals(0x40, four.value(3));
        assertEquals(0x10, four.withChannels(3).value(0), "opacity is left out, not blended");
        assertEquals(
                0x10 * 0.299 + 0x20 * 0.587 + 0x30 * 0.114, four.withChannels(1).value(0), 0.5);
        var palette = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        palette.setRGB(1, 0, 0xFFFF0000);
        assertEquals(255, decode(palette, "gif").withChannels(3).value(1));
        assertEquals(0, decode(palette, "png").withChannels(3).value(3));
        var bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        bits.setRGB(1, 0, 0xFFFFFFFF);
        assertEquals(255, decode(bits, "png").value(1));
        assertEquals(0, decode(bits, "bmp").value(0));
    }

    /** Puts a segment behind the start of a JPEG file. */
    private static byte[] withSegment(byte[] jpeg, int marker, byte[] segment) {
        var out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.write(0xFF);
        out.write(marker);
        out.write(segment.length + 2 >> 8);
        out.write(segment.length + 2 & 0xFF);
        out.writeBytes(segment);
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    private static byte[] orientation(int value) {
        return new byte[] {
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) value,
            0,
            0,
            0,
            0,
            0,
            0
        };
    }

    @Test
    void turnsPicturesUpright() throws IOException {
        // 16 x 32, its left half light; a corner of blocks of 8 is dark.
        var image = new BufferedImage(32, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 32; x++) {
                image.getRaster().setSample(x, y, 0, x < 8 && y < 8 ? 0 : x < 16 ? 250 : 120);
            }
        }
        var out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, "jpg", out));
        // For each orientation, where the dark corner is seen: row and column of 2.
        int[][] corner = {{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}};
        for (int o = 1; o <= 8; o++) {
            Picture picture = Picture.decode(withSegment(out.toByteArray(), 0xE1, orientation(o)), "p.jpg");
            assertEquals(o < 5 ? 16 : 32, picture.height(), "orientation " + o);
            int y = corner[o][0] * (picture.height() - 1);
            int x = corner[o][1] * (picture.width() - 1);
            assertEquals(0, picture.value(y * picture.width() + x), 6, "orientation " + o);
        }
    }

    @Test
    void decodesCmyk() throws IOException {
        var raster =
                java.awt.image.Raster.createInterleavedRaster(java.awt.image.DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        int[] ink = {200, 30, 0, 51};
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                raster.setPixel(x, y, ink);
            }
        }
        var out = new ByteArrayOutputStream();
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        writer.setOutput(ImageIO.createImageOutputStream(out));
        writer.write(null, new javax.imageio.IIOImage(raster, null, null), null);
        ((javax.imageio.stream.ImageOutputStream) writer.getOutput()).flush();
        writer.dispose();
        Picture plain = Picture.decode(out.toByteArray(), "p.jpg");
        assertEquals(3, plain.channels());
        assertEquals((255 - 200) * (255 - 51) / 255.0, plain.value(0), 4);
        assertEquals((255 - 30) * (255 - 51) / 255.0, plain.value(256), 4);
        byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        Picture inverted = Picture.decode(withSegment(out.toByteArray(), 0xEE, adobe), "p.jpg");
        assertEquals(200 * 51 / 255.0, inverted.value(0), 4);
        assertEquals(0, inverted.value(512), 4);
    }

    /** Written by Pillow 12.3.0, which reads the corners of the CMYK file as these colours. */
    @Test
    void decodesPicturesOfPillow() {
        Path files = Path.of("src/test/resources/sources");
        Picture webp = Picture.read(files.resolve("lossless.webp"));
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 6; x++) {
                assertEquals(x * 40, webp.value(y * 6 + x));
                assertEquals(y * 60, webp.value(24 + y * 6 + x));
                assertEquals(200 - x * y * 10, webp.value(48 + y * 6 + x));
            }
        }
        assertEquals(64, Picture.read(files.resolve("lossy.webp")).height());
        Picture cmyk = Picture.read(files.resolve("cmyk.jpg"));
        int[][] corners = {{0, 0, 200}, {120, 120, 140}, {200, 180, 50}, {200, 0, 200}};
        int[] places = {0, 8 * 16 + 8, 15 * 16 + 15, 15};
        for (int i = 0; i < 4; i++) {
            for (int c = 0; c < 3; c++) {
                assertEquals(corners[i][c], cmyk.value(c * 256 + places[i]), 2, "place " + i + ", channel " + c);
            }
        }
    }

    @Test
    void namesDamagedPictures() throws Exception {
        var random = new Random(8);
        Path good = write("p/a/0.png", image(40, 40, random), "png");
        byte[] png = Files.readAllBytes(good);
        byte[] jpeg = Files.readAllBytes(write("p/a/1.jpg", image(40, 40, random), "jpg"));
        Files.write(folder.resolve("p/a/2.png"), Arrays.copyOf(png, png.length / 2));
        Files.write(folder.resolve("p/a/3.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
        Files.writeString(folder.resolve("p/a/4.jpg"), "<html>not found</html>");
        Files.write(folder.resolve("p/a/5.png"), new byte[0]);
        byte[] huge = png.clone();
        huge[16] = 0x7F;
        huge[20] = 0x7F;
        Files.write(folder.resolve("p/a/6.png"), huge);
        Files.write(
                folder.resolve("p/a/7.webp"),
                "RIFF....WEBPVP8 ........".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        String items = """
                field image: f32[3, 40, 40] = images
                field label: class["a", "b"] = labels
                """;
        String[] starts = {
            "The picture p/a/2.png is damaged and can't be decoded",
            "The picture p/a/3.jpg is damaged and can't be decoded",
            "The file p/a/4.jpg is no picture that is read: those are JPEG, PNG, BMP, GIF and WebP.",
            "The picture p/a/5.png is empty.",
            "The picture p/a/6.png is ",
            "The picture p/a/7.webp is "
        };
        for (int i = 2; i < 8; i++) {
            String told = CompiledData.error("source train = images(\"p/*/" + i + ".*\")\n" + items, folder);
            assertTrue(told.startsWith(starts[i - 2]), told);
        }
        var data = CompiledData.of("source train = images(\"p/*/*\")\n" + items + "on_error skip(6)");
        assertEquals(2 * 4800, CompiledData.floats(data, folder, "train", 0).length);
        assertTrue(CompiledData.warnings(data, folder).getFirst().startsWith("6 rows were left out"));
        write("p/c/8.png", image(40, 40, random), "png");
        assertEquals(
                "The picture p/c/8.png, by its folder for `label`: \"c\" is not a label: known are a, b (or their indices, 0 to 1).",
                CompiledData.error("source train = images(\"p/c*/*\")\n" + items, folder));
    }

    /** Whatever the bytes are: a picture, or a sentence that names the file; nothing else is thrown. */
    @Test
    void surviveDamage() throws IOException {
        long seed = Seed.fresh();
        var random = new Random(seed);
        byte[][] files = new byte[4][];
        String[] formats = {"png", "jpg", "bmp", "gif"};
        for (int f = 0; f < 4; f++) {
            var out = new ByteArrayOutputStream();
            assertTrue(ImageIO.write(image(17, 23, random), formats[f], out));
            files[f] = out.toByteArray();
        }
        for (int i = 0; i < 400; i++) {
            byte[] damaged = files[i % 4].clone();
            for (int k = random.nextInt(1, 8); k > 0; k--) {
                damaged[random.nextInt(i % 3 == 0 ? Math.min(60, damaged.length) : damaged.length)] =
                        (byte) random.nextInt();
            }
            try {
                Picture picture = Picture.decode(damaged, "f." + formats[i % 4]);
                assertTrue((long) picture.height() * picture.width() <= 100_000_000);
            } catch (dev.nnd.runtime.NndException e) {
                assertTrue(e.getMessage().contains("f." + formats[i % 4]), () -> e.getMessage() + ", seed " + seed);
            }
        }
    }
}
