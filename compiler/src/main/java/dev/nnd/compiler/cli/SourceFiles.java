package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.SourceRoot;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the .nnd files that a command names, and those that they may import. */
final class SourceFiles {

    private static final String SUFFIX = ".nnd";

    private final Map<Path, SourceFile> named = new LinkedHashMap<>();
    private final Map<Path, SourceFile> others = new LinkedHashMap<>();

    private SourceFiles() {}

    /**
     * A run over files and source roots. A folder stands for all .nnd files below it; a file's imports are looked for
     * beside it, and below its source root if its folder is that of its package.
     *
     * @throws NndException if a path is missing, holds no .nnd file or can't be read
     */
    static CompilerRun read(List<Path> paths) {
        var files = new SourceFiles();
        for (Path path : paths) {
            try {
                files.add(path);
            } catch (IOException e) {
                throw new NndException(path + " can't be read: " + e.getMessage() + ".", e);
            }
        }
        files.others.keySet().removeAll(files.named.keySet());
        return new CompilerRun(List.copyOf(files.named.values()), List.copyOf(files.others.values()));
    }

    private void add(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            List<Path> found = below(path, Integer.MAX_VALUE);
            if (found.isEmpty()) {
                throw new NndException("There is no .nnd file in the folder " + path + ".");
            }
            for (Path file : found) {
                named.put(key(file), source(file));
            }
            return;
        }
        if (!Files.isRegularFile(path)) {
            throw missing(path);
        }
        SourceFile source = source(path);
        named.put(key(path), source);
        Path folder = path.toAbsolutePath().normalize().getParent();
        if (folder == null) {
            return;
        }
        Path root = SourceRoot.of(folder, source.text());
        for (Path file : below(root, root.equals(folder) ? 1 : Integer.MAX_VALUE)) {
            others.put(key(file), source(display(path, file)));
        }
    }

    /** A neighbour's name in the way in which the user named the file. */
    private static Path display(Path named, Path file) {
        return named.isAbsolute() ? file : Path.of("").toAbsolutePath().relativize(file);
    }

    private static List<Path> below(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(f -> f.toString().endsWith(SUFFIX) && Files.isRegularFile(f))
                    .sorted()
                    .toList();
        }
    }

    private static Path key(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private static SourceFile source(Path file) throws IOException {
        try {
            return new SourceFile(file.toString().replace('\\', '/'), Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new NndException(file + " is not UTF-8 text.", "save it in the encoding UTF-8", e);
        }
    }

    private static NndException missing(Path path) {
        Path folder = path.resolveSibling("");
        var names = new ArrayList<String>();
        Path name = path.getFileName();
        try (Stream<Path> files = Files.list(folder.toString().isEmpty() ? Path.of(".") : folder)) {
            files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(SUFFIX))
                    .sorted()
                    .forEach(names::add);
        } catch (IOException unreadable) {
            return new NndException("There is no file " + path + ".");
        }
        String help = name == null
                ? ""
                : Spelling.nearest(name.toString(), names)
                        .map(n -> "did you mean " + path.resolveSibling(n) + "?")
                        .orElse("");
        return new NndException("There is no file " + path + ".", help.isEmpty() ? null : help, null);
    }
}
