package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Memory for the rows of a data section: off the heap up to a budget, beyond it in a temporary file mapped into memory. */
final class Spill implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final long budget;
    private long used;
    private @Nullable FileChannel file;
    private long fileBytes;

    /** Up to {@code budget} bytes of plain memory. */
    Spill(long budget) {
        this.budget = budget;
    }

    /** Zeroed memory that lives until {@link #close}. */
    MemorySegment allocate(long bytes) {
        if (bytes <= budget - used) {
            used += bytes;
            return arena.allocate(bytes, 64);
        }
        try {
            var segment = file().map(FileChannel.MapMode.READ_WRITE, fileBytes, bytes, arena);
            fileBytes += Math.ceilDiv(bytes, 4096) * 4096;
            return segment;
        } catch (IOException e) {
            throw new NndException(
                    "The rows need more than the " + (budget >> 20)
                            + " MB of memory allowed for them, and the temporary"
                            + " file for the rest can't be written: " + e.getMessage() + ".",
                    "free space in the folder for temporary files, or choose another with -Djava.io.tmpdir=DIR",
                    e);
        }
    }

    private FileChannel file() throws IOException {
        if (file == null) {
            var path = Files.createTempFile("nnd-rows-", ".tmp");
            file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        }
        return file;
    }

    /** True if so many bytes still fit into plain memory. */
    boolean hasRoom(long bytes) {
        return bytes <= budget - used;
    }

    /** Bytes in plain memory. */
    long memoryBytes() {
        return used;
    }

    /** Bytes in the temporary file. */
    long spilledBytes() {
        return fileBytes;
    }

    @Override
    public void close() {
        arena.close();
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Nothing is lost: the file was temporary, and the system removes it with the process.
                System.getLogger(Spill.class.getName()).log(System.Logger.Level.DEBUG, "closing a temporary file", e);
            }
        }
    }
}
