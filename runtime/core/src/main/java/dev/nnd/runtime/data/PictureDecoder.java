package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes pictures by the readers of {@code javax.imageio}. The size is checked before anything of it is decoded, no metadata
 * is unpacked, and whatever a damaged file makes a reader throw becomes one sentence that names it. 16 bits become 8; colour
 * profiles are not applied.
 */
final class PictureDecoder {
    private static final long MOST_PIXELS = 100_000_000;
    /** A blank page of black and white takes a byte for 10,000 pixels; what claims more is not believed. */
    private static final long MOST_PIXELS_PER_BYTE = 10_000;

    private static final long FEW_PIXELS = 1 << 16;
    private static final Set<String> FORMATS = Set.of("jpeg", "jpg", "png", "bmp", "gif", "webp");
    private static final String WEBP_READER = "com.twelvemonkeys.imageio:imageio-webp";

    private final byte[] encoded;
    private final String name;

    private PictureDecoder(byte[] encoded, String name) {
        this.encoded = encoded;
        this.name = name;
    }

    static Picture decode(byte[] encoded, String name) {
        return new PictureDecoder(encoded, name).decode();
    }

    /** The bytes that a picture takes decoded with four channels, by its header. */
    static long decodedBytes(byte[] encoded, String name) {
        var decoder = new PictureDecoder(encoded, name);
        return decoder.with(reader -> decoder.requireSize(reader) * 4);
    }

    /** What is done with an open reader. */
    private interface Use<T> {
        T with(ImageReader reader) throws IOException;
    }

    private Picture decode() {
        return with(reader -> {
            requireSize(reader);
            JpegHeader jpeg = JpegHeader.of(encoded);
            Picture picture = jpeg.components() == 4 ? jpeg.picture(raster(reader)) : picture(image(reader));
            return jpeg.upright(picture);
        });
    }

    /** What is thrown here is one of a damaged file, or of no picture at all. */
    private <T> T with(Use<T> use) {
        ImageReader reader = null;
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
            reader = reader(stream);
            reader.setInput(stream, true, true);
            return use.with(reader);
        } catch (NndException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    private NndException damaged(Exception e) {
        String why = e instanceof IIOException && e.getMessage() != null
                ? ": " + e.getMessage().lines().findFirst().orElse("")
                : "";
        return new NndException(
                "The picture " + name + " is damaged and can't be decoded" + why + ".", "copy or make it again", e);
    }

    private ImageReader reader(MemoryCacheImageInputStream stream) {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            for (String format : reader.getOriginatingProvider().getFormatNames()) {
                if (FORMATS.contains(format.toLowerCase(Locale.ROOT))) {
                    return reader;
                }
            }
            reader.dispose();
        }
        if (isWebP()) {
            throw new NndException(
                    "The picture " + name + " is WebP, and no reader for it is on the class path.",
                    "add the artifact " + WEBP_READER + ", or convert the pictures to PNG or JPEG",
                    null);
        }
        throw new NndException(
                encoded.length == 0
                        ? "The picture " + name + " is empty."
                        : "The file " + name + " is no picture that is read: those are JPEG, PNG, BMP, GIF and WebP.");
    }

    private boolean isWebP() {
        return encoded.length > 12
                && encoded[0] == 'R'
                && encoded[1] == 'I'
                && encoded[8] == 'W'
                && encoded[9] == 'E'
                && encoded[10] == 'B'
                && encoded[11] == 'P';
    }

    private long requireSize(ImageReader reader) throws IOException {
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels < 1 || pixels > MOST_PIXELS) {
            throw new NndException(
                    "The picture " + name + " is " + reader.getHeight(0) + " x " + reader.getWidth(0)
                            + " by its header, and the most is " + MOST_PIXELS + " pixels.",
                    "make it smaller",
                    null);
        }
        if (pixels > FEW_PIXELS && pixels > MOST_PIXELS_PER_BYTE * encoded.length) {
            throw new NndException(
                    "The picture " + name + " is damaged: it is " + reader.getHeight(0) + " x " + reader.getWidth(0)
                            + " by its header, which its " + encoded.length + " bytes can't hold.",
                    "copy or make it again",
                    null);
        }
        return pixels;
    }

    /** A file that breaks off is only worth a warning to some readers. */
    private BufferedImage image(ImageReader reader) throws IOException {
        var warning = new Warning();
        reader.addIIOReadWarningListener(warning);
        BufferedImage image = reader.read(0);
        warning.check();
        return image;
    }

    private static Raster raster(ImageReader reader) throws IOException {
        var warning = new Warning();
        reader.addIIOReadWarningListener(warning);
        Raster raster = reader.readRaster(0, null);
        warning.check();
        return raster;
    }

    /** Keeps the warning that a file breaks off. */
    private static final class Warning implements javax.imageio.event.IIOReadWarningListener {
        private @Nullable String text;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            String lower = warning.toLowerCase(Locale.ROOT);
            if (lower.contains("premature")
                    || lower.contains("truncated")
                    || lower.contains("corrupt jpeg data: bad")) {
                text = warning;
            }
        }

        void check() throws IIOException {
            if (text != null) {
                throw new IIOException(text);
            }
        }
    }

    private static Picture picture(BufferedImage image) {
        Raster raster = image.getRaster();
        int height = image.getHeight();
        int width = image.getWidth();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return ofPalette(raster, palette);
        }
        int bands = raster.getNumBands();
        boolean alpha = image.getColorModel().hasAlpha();
        int channels = bands == 2 && alpha ? 4 : bands >= 4 && alpha ? 4 : bands >= 3 ? 3 : 1;
        var values = new byte[Math.multiplyExact(channels, height * width)];
        int plane = height * width;
        var row = new int[width];
        for (int c = 0; c < channels; c++) {
            int band = bands == 2 && alpha ? (c == 3 ? 1 : 0) : c;
            int bits = raster.getSampleModel().getSampleSize(band);
            int most = (1 << bits) - 1;
            for (int y = 0; y < height; y++) {
                int at = c * plane + y * width;
                if (bits == 8 && copied(raster, band, y, values, at)) {
                    continue;
                }
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, row);
                for (int x = 0; x < width; x++) {
                    values[at + x] = (byte) (bits == 8 ? row[x] : (row[x] * 255L + most / 2) / most);
                }
            }
        }
        return new Picture(channels, height, width, values);
    }

    /** Copies a row of bytes from where most readers put them; false if these are elsewhere. */
    private static boolean copied(Raster raster, int band, int y, byte[] to, int at) {
        boolean plain = raster.getParent() == null
                && raster.getSampleModel() instanceof ComponentSampleModel
                && raster.getDataBuffer() instanceof DataBufferByte bytes
                && bytes.getNumBanks() == 1
                && bytes.getOffset() == 0;
        if (!plain) {
            return false;
        }
        var model = (ComponentSampleModel) raster.getSampleModel();
        byte[] from = ((DataBufferByte) raster.getDataBuffer()).getData();
        int place = model.getBandOffsets()[band] + y * model.getScanlineStride();
        for (int x = 0; x < raster.getWidth(); x++, place += model.getPixelStride()) {
            to[at + x] = from[place];
        }
        return true;
    }

    /** The colours that a palette stands for; grey if all are. */
    private static Picture ofPalette(Raster raster, IndexColorModel palette) {
        int height = raster.getHeight();
        int width = raster.getWidth();
        boolean grey = !palette.hasAlpha();
        for (int i = 0; i < palette.getMapSize(); i++) {
            grey &= palette.getRed(i) == palette.getGreen(i) && palette.getRed(i) == palette.getBlue(i);
        }
        int channels = grey ? 1 : palette.hasAlpha() ? 4 : 3;
        int plane = height * width;
        var values = new byte[Math.multiplyExact(channels, plane)];
        var row = new int[width];
        for (int y = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                int colour = palette.getRGB(Math.min(row[x], palette.getMapSize() - 1));
                for (int c = 0; c < channels; c++) {
                    values[c * plane + y * width + x] = (byte) (c == 3 ? colour >>> 24 : colour >> 16 - 8 * c);
                }
            }
        }
        return new Picture(channels, height, width, values);
    }
}
