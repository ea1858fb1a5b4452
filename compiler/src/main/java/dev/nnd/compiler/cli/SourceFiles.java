package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.SourceRoot;
import dev.nnd.grammar.NndGrammar;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
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
    /** What the grammar refuses need not be read. A character takes up to three bytes. */
    private static final long LARGEST = 3L * NndGrammar.LONGEST;

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

    /**
     * The files that some paths stand for, without what they may import.
     *
     * @throws NndException if a path is missing, holds no .nnd file or can't be read
     */
    static List<SourceFile> named(List<Path> paths) {
        var files = new SourceFiles();
        for (Path path : paths) {
            try {
                files.addNamed(path);
            } catch (IOException e) {
                throw new NndException(path + " can't be read: " + e.getMessage() + ".", e);
            }
        }
        return List.copyOf(files.named.values());
    }

    /** Adds a file, or the files of a folder. */
    private void addNamed(Path path) throws IOException {
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
        named.put(key(path), source(path));
    }

    private void add(Path path) throws IOException {
        addNamed(path);
        SourceFile source = named.get(key(path));
        if (source == null) {
            return;
        }
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
        long size = Files.size(file);
        if (size > LARGEST) {
            throw new NndException(
                    file + " has " + size + " bytes; a .nnd file has at most " + LARGEST + ".",
                    "give the program several files, and data files of their own",
                    null);
        }
        return decoded(file.toString(), Files.readAllBytes(file));
    }

    /**
     * A text of bytes.
     *
     * @throws NndException if they are not UTF-8
     */
    static SourceFile decoded(String name, byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        out.flip();
        if (result.isError()) {
            long line = 1 + out.chars().filter(c -> c == '\n').count();
            String found = String.format("0x%02X", bytes[in.position()] & 0xFF);
            throw new NndException(
                    name + " is not UTF-8 text: line " + line + " has the byte " + found + ".",
                    "save it in the encoding UTF-8",
                    null);
        }
        return new SourceFile(name.replace('\\', '/'), out.toString());
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
