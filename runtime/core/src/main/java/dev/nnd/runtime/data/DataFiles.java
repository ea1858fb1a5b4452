package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds the files of a source in the data folder. */
final class DataFiles {
    private static final int LISTED = 8;

    private final Path folder;
    private final String what;

    /**
     * @param folder the data folder
     * @param what whose files, for messages: {@code "source `train` of Mnist"}
     */
    DataFiles(Path folder, String what) {
        this.folder = folder;
        this.what = what;
    }

    /** The data folder. */
    Path folder() {
        return folder;
    }

    /** The files of a name or glob, sorted by name; at least one. */
    List<Path> resolve(String pattern) {
        if (!Files.isDirectory(folder)) {
            throw new NndException(
                    "There is no data folder " + folder + ", where " + what + " looks for " + pattern + ".",
                    "give the folder that holds the files with --data DIR",
                    null);
        }
        try {
            var found = isGlob(pattern) ? glob(pattern) : exact(pattern);
            if (found.isEmpty()) {
                throw missing(pattern);
            }
            return found;
        } catch (IOException | InvalidPathException e) {
            throw new NndException(
                    "The files " + pattern + " of " + what + " can't be looked up in " + folder + ": " + e.getMessage()
                            + ".",
                    e);
        }
    }

    private static boolean isGlob(String pattern) {
        return pattern.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    private List<Path> exact(String name) {
        var file = folder.resolve(name);
        return Files.isRegularFile(file) ? List.of(file) : List.of();
    }

    private List<Path> glob(String pattern) throws IOException {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        int depth = pattern.contains("**") ? 64 : pattern.split("/", -1).length;
        try (Stream<Path> walk = Files.walk(folder, depth)) {
            return walk.filter(p -> matcher.matches(folder.relativize(p)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private NndException missing(String pattern) throws IOException {
        var name = Path.of(isGlob(pattern) ? "x" : pattern).getFileName().toString();
        var near = new ArrayList<String>();
        var there = new ArrayList<String>();
        try (Stream<Path> walk = Files.walk(folder, 2)) {
            walk.filter(Files::isRegularFile).sorted().forEach(file -> {
                var parent = Objects.requireNonNullElse(file.getParent(), folder);
                if (file.getFileName().toString().equals(name)) {
                    near.add(parent.toString());
                }
                if (folder.equals(parent)) {
                    there.add(file.getFileName().toString());
                }
            });
        }
        var message = "There is no file " + pattern + " in " + folder + ", where " + what + " looks for it.";
        if (!near.isEmpty()) {
            return new NndException(message, "it is in " + near.getFirst() + ": use --data " + near.getFirst(), null);
        }
        return new NndException(message + alike(pattern, there), "give the folder that holds it with --data DIR", null);
    }

    /** The files there that look alike, else the first few of all. */
    private static String alike(String pattern, List<String> there) {
        if (there.isEmpty()) {
            return " The folder holds no files.";
        }
        var alike = Nearest.alike(pattern, there, Math.max(3, pattern.length() / 2));
        var shown = alike.isEmpty() ? there : alike;
        var names = String.join(", ", shown.subList(0, Math.min(LISTED, shown.size())));
        var more = shown.size() > LISTED ? " and " + (shown.size() - LISTED) + " more" : "";
        return (alike.isEmpty() ? " The folder holds " : " Files there that look alike: ") + names + more + ".";
    }
}
