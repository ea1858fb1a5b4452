package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads pictures whose labels are the names of folders. Every picture is decoded once before training starts, on all
 * processors, so that a damaged one among a million is found at once; what is in hand at a time is bounded by what the
 * headers say.
 */
final class PictureReader {
    private static final int MOST_IN_HAND = 512;
    private static final long BYTES_IN_HAND = 64L << 20;

    private final Path folder;
    private final RowUse use;
    private final BadRows bad;
    private final @Nullable Labels labels;
    private final String labelField;

    PictureReader(Path folder, RowUse use, BadRows bad) {
        this.folder = folder;
        this.use = use;
        this.bad = bad;
        FieldSpec field = use.imageLabels().stream().findFirst().orElse(null);
        List<String> names = field == null ? null : field.labelNames();
        this.labels = names == null ? null : new Labels(names);
        this.labelField = field == null ? "" : field.name();
    }

    /** A file with what came of it: a picture, or what is wrong. */
    private record Read(
            String name,
            byte @Nullable [] encoded,
            @Nullable Picture picture,
            @Nullable NndException wrong) {}

    /** Adds the pictures of a pattern, in the order of their names. */
    void read(String pattern, List<Path> files, PictureRows into) {
        var folders = new FolderLabel(pattern);
        for (int next = 0; next < files.size(); ) {
            var some = new ArrayList<Read>();
            long bytes = 0;
            while (next < files.size() && some.size() < MOST_IN_HAND && bytes < BYTES_IN_HAND) {
                Path file = files.get(next++);
                String name = folder.relativize(file).toString().replace('\\', '/');
                Read read = header(file, name);
                some.add(read);
                bytes += read.encoded == null ? 0 : size(read);
            }
            List<Read> decoded = IntStream.range(0, some.size())
                    .parallel()
                    .mapToObj(i -> decoded(some.get(i)))
                    .toList();
            decoded.forEach(read -> add(read, folders, into));
        }
    }

    private Read header(Path file, String name) {
        try {
            return new Read(name, Picture.encoded(file, name), null, null);
        } catch (NndException e) {
            return new Read(name, null, null, e);
        }
    }

    private static long size(Read read) {
        byte[] encoded = read.encoded;
        try {
            return encoded == null ? 0 : encoded.length + PictureDecoder.decodedBytes(encoded, read.name);
        } catch (NndException e) {
            // It is met again, and told, where the picture is decoded.
            return 0;
        }
    }

    private Read decoded(Read read) {
        byte[] encoded = read.encoded;
        if (encoded == null) {
            return read;
        }
        try {
            var picture = PictureDecoder.decode(encoded, read.name);
            int channels = use.channels();
            return new Read(read.name, null, channels == 0 ? picture : picture.withChannels(channels), null);
        } catch (NndException e) {
            return new Read(read.name, null, null, e);
        }
    }

    private void add(Read read, FolderLabel folders, PictureRows into) {
        try {
            Picture picture = read.picture;
            if (picture == null) {
                throw read.wrong == null ? new NndException(read.name + " can't be read.") : read.wrong;
            }
            use.wrongSize(picture).ifPresent(what -> {
                throw new NndException(
                        "The picture " + read.name + " does not fit: " + what + ".",
                        "put `-> resize(height, width)` after `images`",
                        null);
            });
            into.add(read.name, picture, labels == null ? 0 : label(labels, folders, read.name));
        } catch (NndException e) {
            bad.add(e);
        }
    }

    private int label(Labels known, FolderLabel folders, String name) {
        String text = folders.of(name);
        int index = known.index(text);
        if (index < 0) {
            throw new NndException(
                    "The picture " + name + ", by its folder for `" + labelField + "`: " + known.unknown(text));
        }
        return index;
    }
}
