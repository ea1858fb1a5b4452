package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the binary files of CIFAR: records of a label byte (of CIFAR-100 two, the coarse one first) and 3 x 32 x 32 pixel
 * bytes.
 */
final class CifarReader {
    private static final int PIXELS = 3 * 32 * 32;

    private final RowUse use;
    private final int labels;
    private final int label;
    private final int size;

    /** {@code hundred} is empty for CIFAR-10, else says which label of CIFAR-100 is read: coarse or fine. */
    CifarReader(RowUse use, List<String> hundred) {
        this.use = use;
        this.labels = hundred.isEmpty() ? 1 : 2;
        this.label = hundred.contains("fine") ? 1 : 0;
        this.size = labels + PIXELS;
    }

    /** Adds the images with their labels. */
    void read(Path file, ImageRows into) {
        if (use.pixels() > 0 && use.pixels() != PIXELS) {
            throw new NndException(
                    "The images of " + file.getFileName() + " have 3 x 32 x 32 = 3072 values, and the field `"
                            + use.pixelField() + "` reads " + use.pixels() + ".",
                    "give the field the dims 3, 32, 32",
                    null);
        }
        try (var in = DataStream.open(file)) {
            into.beginFile(in.name());
            if (!in.compressed() && in.storedBytes() % size != 0) {
                throw truncated(in, in.storedBytes());
            }
            var record = new byte[size];
            long number = 1;
            for (int n = in.fill(record, 0, size); n > 0; n = in.fill(record, 0, size), number++) {
                if (n < size) {
                    throw truncated(in, in.position());
                }
                int of = record[label] & 0xFF;
                IdxReader.checkLabel(use, in.name(), number, of);
                into.add(record, labels, of);
            }
            if (in.cutOff()) {
                throw truncated(in, in.position());
            }
            if (number == 1) {
                throw new NndException(in.name() + " is empty: expected records of " + size + " bytes.");
            }
        }
    }

    private NndException truncated(DataStream in, long bytes) {
        return new NndException(
                in.name() + " is truncated or no CIFAR-" + (labels == 1 ? 10 : 100) + " file: record "
                        + (bytes / size + 1) + " has "
                        + bytes % size
                        + " of " + size + " bytes; the file has " + bytes + " bytes, which is no multiple of "
                        + size
                        + ".",
                "copy or download the file again",
                null);
    }
}
