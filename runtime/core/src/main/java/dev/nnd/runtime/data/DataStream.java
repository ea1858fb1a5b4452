package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Reads a data file, unpacking it if it starts as gzip or zip does; says in plain words what is wrong with it. */
final class DataStream extends InputStream implements Closeable {
    private static final int BUFFER = 1 << 16;
    private static final int LISTED = 8;
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private final Path file;
    private final InputStream in;
    private final boolean compressed;
    private long position;
    private boolean cutOff;

    private DataStream(Path file, InputStream in, boolean compressed) {
        this.file = file;
        this.in = in;
        this.compressed = compressed;
    }

    static DataStream open(Path file) {
        try {
            var raw = new BufferedInputStream(Files.newInputStream(file), BUFFER);
            try {
                raw.mark(4);
                byte[] start = raw.readNBytes(4);
                raw.reset();
                if (Arrays.equals(start, ZIP)) {
                    raw.close();
                    return new DataStream(file, new BufferedInputStream(onlyEntry(file), BUFFER), true);
                }
                boolean gzip = start.length > 1 && start[0] == 0x1F && start[1] == (byte) 0x8B;
                return new DataStream(
                        file, gzip ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER) : raw, gzip);
            } catch (IOException e) {
                raw.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** The one file that a zip archive holds; what macOS adds is not counted. */
    private static InputStream onlyEntry(Path file) throws IOException {
        var zip = new ZipFile(file.toFile());
        try {
            var entries = zip.stream()
                    .filter(e -> !e.isDirectory() && !e.getName().startsWith("__MACOSX/"))
                    .limit(LISTED + 1)
                    .toList();
            if (entries.size() != 1) {
                var names = String.join(
                        ", ",
                        entries.stream().limit(LISTED).map(ZipEntry::getName).toList());
                throw new NndException(
                        file.getFileName() + " is an archive of "
                                + (entries.size() > LISTED ? "more than " + LISTED : entries.size())
                                + " files, and a source reads archives of one file: " + names + ".",
                        "unpack it, and name the files by a glob",
                        null);
            }
            return new FilterInputStream(zip.getInputStream(entries.getFirst())) {
                @Override
                public void close() throws IOException {
                    zip.close();
                }
            };
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /** A part of an archive, which is unpacked already. */
    static DataStream of(Path file, InputStream in) {
        return new DataStream(file, new BufferedInputStream(in, BUFFER), true);
    }

    /** The file's name without folders. */
    String name() {
        return file.getFileName().toString();
    }

    boolean compressed() {
        return compressed;
    }

    /** Size of the file as it is stored. */
    long storedBytes() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Unpacked bytes read so far. */
    long position() {
        return position;
    }

    /** True if the gzip stream ended before its end mark. */
    boolean cutOff() {
        return cutOff;
    }

    @Override
    public int read() {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        try {
            int n = in.read(to, offset, length);
            position += Math.max(0, n);
            return n;
        } catch (EOFException e) {
            cutOff = true;
            return -1;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Fills {@code to} from {@code offset}; returns how many bytes there were, fewer than asked only at the end. */
    int fill(byte[] to, int offset, int length) {
        int done = 0;
        while (done < length) {
            int n = read(to, offset + done, length - done);
            if (n < 0) {
                break;
            }
            done += n;
        }
        return done;
    }

    private static NndException unreadable(Path file, IOException e) {
        if (e instanceof ZipException) {
            return new NndException(
                    file.getFileName() + " is damaged: its " + (isZip(file) ? "zip" : "gzip")
                            + " stream can't be unpacked (" + e.getMessage() + ").",
                    "copy or download it again",
                    e);
        }
        return new NndException("The file " + file + " can't be read: " + e.getMessage() + ".", e);
    }

    private static boolean isZip(Path file) {
        String name = file.toString();
        return name.endsWith(".zip") || name.endsWith(".npz");
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
