package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;

/** Reads the binary files of CIFAR-10: records of a label byte and 3 x 32 x 32 pixel bytes. */
final class CifarReader {
    private static final int PIXELS = 3 * 32 * 32;
    private static final int RECORD = 1 + PIXELS;

    private final RowUse use;

    CifarReader(RowUse use) {
        this.use = use;
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
            if (!in.compressed() && in.storedBytes() % RECORD != 0) {
                throw truncated(in, in.storedBytes());
            }
            var record = new byte[RECORD];
            long number = 1;
            for (int n = in.fill(record, 0, RECORD); n > 0; n = in.fill(record, 0, RECORD), number++) {
                if (n < RECORD) {
                    throw truncated(in, in.position());
                }
                int label = record[0] & 0xFF;
                IdxReader.checkLabel(use, in.name(), number, label);
                into.add(record, 1, label);
            }
            if (in.cutOff()) {
                throw truncated(in, in.position());
            }
            if (number == 1) {
                throw new NndException(in.name() + " is empty: expected records of " + RECORD + " bytes.");
            }
        }
    }

    private static NndException truncated(DataStream in, long bytes) {
        return new NndException(
                in.name() + " is truncated or no CIFAR-10 file: record " + (bytes / RECORD + 1) + " has "
                        + bytes % RECORD
                        + " of " + RECORD + " bytes; the file has " + bytes + " bytes, which is no multiple of "
                        + RECORD
                        + ".",
                "copy or download the file again",
                null);
    }
}
