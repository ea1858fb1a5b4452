package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a run directory for one run; the operating system lets go of it when the process ends, however it ends. */
final class RunLock implements AutoCloseable {
    static final String FILE = ".lock";
    private static final int LONGEST_TEXT = 64;

    private final Path directory;
    private final FileChannel channel;

    private RunLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes the directory.
     *
     * @throws NndException if another run has it
     */
    static RunLock of(Path directory) {
        try {
            var channel = FileChannel.open(
                    directory.resolve(FILE),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            if (locked(channel) == null) {
                var holder = holder(channel);
                channel.close();
                throw taken(directory, holder);
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(("process " + ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new RunLock(directory, channel);
        } catch (IOException e) {
            throw Checkpoint.unwritable(directory.resolve(FILE), e);
        }
    }

    /** Whether a run has the directory at the moment. */
    static boolean isHeld(Path directory) {
        try (var channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.WRITE);
                var lock = locked(channel)) {
            return lock == null;
        } catch (IOException noFile) {
            return false;
        }
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var text = ByteBuffer.allocate(LONGEST_TEXT);
        channel.read(text, 0);
        var name = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
        return name.matches("process \\d+") ? " (" + name + ")" : "";
    }

    private static NndException taken(Path directory, String holder) {
        return new NndException(
                "Another run" + holder + " is writing to " + directory + ".",
                "wait for it, stop it, or choose another folder with --out DIR",
                null);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Checkpoint.unwritable(directory.resolve(FILE), e);
        }
    }
}
