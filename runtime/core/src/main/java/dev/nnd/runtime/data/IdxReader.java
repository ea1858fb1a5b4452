package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads IDX files, the format of MNIST: two zero bytes, the element type (8 for unsigned bytes), the rank, the dims as
 * big-endian 32-bit numbers, then the elements. Everything is checked before it is believed.
 */
final class IdxReader {
    private static final int UNSIGNED_BYTE = 8;

    private final RowUse use;
    private final int pixels;

    IdxReader(RowUse use) {
        this(use, use.pixels());
    }

    private IdxReader(RowUse use, int pixels) {
        this.use = use;
        this.pixels = pixels;
    }

    /** A reader of images of the size that this file has, where fields read images whatever their size. */
    static ImageRows rows(Spill spill, RowUse use, Path first) {
        if (!use.anySize()) {
            return new ImageRows(spill, use.pixels());
        }
        try (var in = DataStream.open(first)) {
            var header = header(in, 3, 4, "images");
            int rank = header.dims.length;
            return new ImageRows(
                    spill, (int) header.recordBytes, (int) header.dims[rank - 2], (int) header.dims[rank - 1]);
        }
    }

    /** A reader into these rows. */
    static IdxReader of(RowUse use, ImageRows into) {
        return new IdxReader(use, into.pixels());
    }

    /** A header: the number of records, and bytes in each. */
    private record Header(long count, long[] dims, long recordBytes, long headerBytes) {
        long totalBytes() {
            return headerBytes + count * recordBytes;
        }
    }

    /** Adds the images with their labels. */
    void read(Path imagesFile, Path labelsFile, ImageRows into) {
        try (var images = DataStream.open(imagesFile);
                var labels = DataStream.open(labelsFile)) {
            var imageHeader = header(images, 3, 4, "images");
            var labelHeader = header(labels, 1, 1, "labels");
            checkPixels(images, imageHeader);
            if (imageHeader.count != labelHeader.count) {
                throw new NndException(
                        images.name() + " holds " + imageHeader.count + " images and " + labels.name() + " holds "
                                + labelHeader.count + " labels: they don't belong together.",
                        "name an images file and a labels file of the same set",
                        null);
            }
            checkSize(images, imageHeader);
            checkSize(labels, labelHeader);
            into.beginFile(images.name());
            copy(images, imageHeader, labels, labelHeader, into);
            checkEnd(images, imageHeader);
            checkEnd(labels, labelHeader);
        }
    }

    /** Adds images without labels; label 0 stands in for what no field reads. */
    void readImages(Path imagesFile, ImageRows into) {
        try (var images = DataStream.open(imagesFile)) {
            var header = header(images, 3, 4, "images");
            checkPixels(images, header);
            checkSize(images, header);
            into.beginFile(images.name());
            copy(images, header, null, header, into);
            checkEnd(images, header);
        }
    }

    private static Header header(DataStream in, int minimumRank, int maximumRank, String what) {
        var start = new byte[4];
        requireHeader(in, in.fill(start, 0, 4), 4);
        int rank = start[3];
        if (start[0] != 0 || start[1] != 0 || rank < 1 || rank > 8) {
            throw new NndException(
                    in.name() + " is no IDX file: it starts with the bytes " + hex(start) + ", and an IDX file of "
                            + what + " starts with 00 00 08 " + (what.equals("labels") ? "01." : "03."));
        }
        if (start[2] != UNSIGNED_BYTE) {
            throw new NndException(in.name() + " holds elements of IDX type 0x" + String.format("%02x", start[2])
                    + "; only unsigned bytes (0x08) are read.");
        }
        if (rank < minimumRank || rank > maximumRank) {
            throw new NndException(
                    in.name() + " has " + rank + (rank == 1 ? " dimension" : " dimensions") + " and is named as the "
                            + what + " file, which has " + minimumRank + ".",
                    "check that the images and the labels file are not swapped",
                    null);
        }
        var dims = dims(in, rank);
        long recordBytes = 1;
        for (int i = 1; i < rank; i++) {
            recordBytes =
                    dims[i] != 0 && recordBytes > Integer.MAX_VALUE / dims[i] ? Long.MAX_VALUE : recordBytes * dims[i];
            if (recordBytes > Integer.MAX_VALUE || recordBytes == 0) {
                throw new NndException(in.name() + " claims records of " + times(dims, rank)
                        + " bytes, which can't be: its header is damaged.");
            }
        }
        return new Header(dims[0], dims, recordBytes, 4 + 4L * rank);
    }

    private static long[] dims(DataStream in, int rank) {
        var bytes = new byte[4 * rank];
        requireHeader(in, 4 + in.fill(bytes, 0, bytes.length), 4 + bytes.length);
        var dims = new long[rank];
        for (int i = 0; i < rank; i++) {
            for (int b = 0; b < 4; b++) {
                dims[i] = dims[i] << 8 | bytes[4 * i + b] & 0xFF;
            }
        }
        return dims;
    }

    private static void requireHeader(DataStream in, long there, long needed) {
        if (there < needed) {
            throw new NndException(
                    in.name() + " ends inside its header: expected " + needed + " bytes, got " + there + ".",
                    "copy or download the file again",
                    null);
        }
    }

    private static String hex(byte[] bytes) {
        var text = new StringBuilder();
        for (byte b : bytes) {
            text.append(text.isEmpty() ? "" : " ").append(String.format("%02x", b));
        }
        return text.toString();
    }

    private static String times(long[] dims, int rank) {
        return String.join(
                " x ", Arrays.stream(dims, 1, rank).mapToObj(Long::toString).toList());
    }

    private void checkPixels(DataStream images, Header header) {
        if (pixels > 0 && header.recordBytes != pixels) {
            throw new NndException(
                    "The images of " + images.name() + " have " + times(header.dims, header.dims.length) + " = "
                            + header.recordBytes + " pixels, and "
                            + (use.anySize()
                                    ? "those of the first file have "
                                    : "the field `" + use.pixelField() + "` reads ")
                            + pixels + ".",
                    "give the field the dims of the images",
                    null);
        }
    }

    /** The size of a plain file is known before it is read. */
    private static void checkSize(DataStream in, Header header) {
        if (in.compressed()) {
            return;
        }
        if (in.storedBytes() < header.totalBytes()) {
            throw truncated(in, header, in.storedBytes());
        }
        if (in.storedBytes() > header.totalBytes()) {
            throw surplus(in, header);
        }
    }

    private void copy(
            DataStream images, Header imageHeader, @Nullable DataStream labels, Header labelHeader, ImageRows into) {
        int size = (int) imageHeader.recordBytes;
        var image = new byte[pixels > 0 ? size : Math.min(size, 1 << 16)];
        for (long i = 0; i < imageHeader.count; i++) {
            for (int left = size; left > 0; left -= image.length) {
                int part = Math.min(left, image.length);
                if (images.fill(image, 0, part) < part) {
                    throw truncated(images, imageHeader, images.position());
                }
            }
            into.add(image, 0, labels == null ? 0 : label(labels, labelHeader, i + 1));
        }
    }

    private int label(DataStream labels, Header header, long record) {
        int label = labels.read();
        if (label < 0) {
            throw truncated(labels, header, labels.position());
        }
        checkLabel(use, labels.name(), record, label);
        return label;
    }

    /** Refuses a label that one of the fields has no name for. */
    static void checkLabel(RowUse use, String file, long record, int label) {
        for (var field : use.imageLabels()) {
            List<String> names = field.labelNames();
            if (names != null && label >= names.size()) {
                throw new NndException(file + ", record " + record + ": the label is " + label + ", and `"
                        + field.name()
                        + "` has " + names.size() + " names, 0 to " + (names.size() - 1) + ": " + Labels.listed(names)
                        + ".");
            }
        }
    }

    private static void checkEnd(DataStream in, Header header) {
        if (in.read() >= 0) {
            throw surplus(in, header);
        }
        if (in.cutOff()) {
            throw truncated(in, header, in.position());
        }
    }

    private static NndException truncated(DataStream in, Header header, long actual) {
        long record = Math.max(0, actual - header.headerBytes) / header.recordBytes + 1;
        return new NndException(
                in.name() + " is truncated: it ends in record " + Math.min(record, header.count) + " of " + header.count
                        + ", expected " + header.totalBytes() + " bytes, got " + actual + ".",
                "copy or download the file again",
                null);
    }

    private static NndException surplus(DataStream in, Header header) {
        return new NndException(
                in.name() + " goes on after its " + header.count + " records: expected " + header.totalBytes()
                        + " bytes, got " + (in.compressed() ? "more" : in.storedBytes()) + ".",
                "copy or download the file again",
                null);
    }
}
