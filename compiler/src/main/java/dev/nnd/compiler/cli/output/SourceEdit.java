package dev.nnd.compiler.cli.output;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;

/** Replaces the text of a user's file: nobody ever reads half of it, and its permissions stay. */
public final class SourceEdit {

    private SourceEdit() {}

    /**
     * Refuses a file that can't be replaced.
     *
     * @throws NndException in one sentence
     */
    public static void requireWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isWritable(file)) {
            throw new NndException(file + " can't be written, so nothing was fixed.");
        }
        if (folder == null || !Files.isWritable(folder)) {
            throw new NndException("The folder of " + file + " can't be written, so nothing was fixed.");
        }
    }

    /**
     * Writes the text beside the file and moves it there; a link stays a link.
     *
     * @throws NndException if that is not possible; the file is then as it was
     */
    public static void replace(Path file, String text) {
        try {
            Path target = file.toRealPath();
            Path temporary = target.resolveSibling(
                    "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
            try {
                Files.write(temporary, text.getBytes(StandardCharsets.UTF_8));
                keepPermissions(target, temporary);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new NndException(file + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    private static void keepPermissions(Path from, Path to) throws IOException {
        var old = Files.getFileAttributeView(from, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (old != null) {
            Files.setPosixFilePermissions(to, old.readAttributes().permissions());
        }
    }
}
