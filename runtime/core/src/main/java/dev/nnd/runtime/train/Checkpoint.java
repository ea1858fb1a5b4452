package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes a folder so that at any moment, even if the process is killed, the former one or the new one is whole. */
final class Checkpoint {
    private Checkpoint() {}

    /** Writes the files of a folder. */
    @FunctionalInterface
    interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /** Replaces the folder {@code target}. An interrupt of the calling thread does not disturb it. */
    static void write(Path target, Content content) {
        undisturbed(() -> {
            try {
                var fresh = sibling(target, "new");
                deleteTree(fresh);
                fill(fresh, content);
                var former = sibling(target, "old");
                deleteTree(former);
                if (Files.exists(target)) {
                    Files.move(target, former);
                }
                Files.move(fresh, target);
                deleteTree(former);
            } catch (IOException e) {
                throw unwritable(target, e);
            } catch (RuntimeException e) {
                throw e.getCause() instanceof IOException cause ? unwritable(target, cause) : e;
            }
        });
    }

    /** Writes a folder whole or not at all: a full disk gets back what the attempt took. */
    private static void fill(Path fresh, Content content) throws IOException {
        try {
            Files.createDirectories(fresh);
            content.writeTo(fresh);
        } catch (IOException | RuntimeException failed) {
            try {
                deleteTree(fresh);
            } catch (IOException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    /** Removes a folder with all that is in it. */
    static void remove(Path folder) {
        undisturbed(() -> {
            try {
                deleteTree(folder);
            } catch (IOException e) {
                throw unwritable(folder, e);
            }
        });
    }

    /** Replaces one file in a folder. */
    static void writeFile(Path target, Content content) {
        undisturbed(() -> {
            try {
                var fresh = sibling(target, "new");
                content.writeTo(fresh);
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw unwritable(target, e);
            } catch (RuntimeException e) {
                throw e.getCause() instanceof IOException cause ? unwritable(target, cause) : e;
            }
        });
    }

    /** Brings the former folder back if the process was killed between the two renames of {@link #write}. */
    static void recover(Path target) {
        var former = sibling(target, "old");
        if (!Files.exists(target) && Files.isDirectory(former)) {
            try {
                Files.move(former, target);
            } catch (IOException e) {
                throw unwritable(target, e);
            }
        }
    }

    static NndException unwritable(Path target, IOException e) {
        return new NndException(
                "The run directory's " + target + " can't be written: "
                        + e.getClass().getSimpleName() + ", " + e.getMessage() + "."
                        + (Files.exists(target) ? " What was saved there before is whole." : ""),
                "check the free space and the permissions, or choose another folder with --out DIR",
                e);
    }

    private static Path sibling(Path target, String suffix) {
        return target.resolveSibling("." + target.getFileName() + "." + suffix);
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** An interrupt closes the file channel that the thread is using, so the writing is done on another thread. */
    private static void undisturbed(Runnable work) {
        var failure = new @Nullable Throwable[1];
        var writer = Thread.ofPlatform().name("nnd checkpoint").start(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                failure[0] = e;
            }
        });
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure[0]) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
