package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.lsp.names.Globals;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The standard library as files that any editor can open: read-only copies in the user's cache folder, in a folder named
 * after their contents.
 */
final class Library implements Globals {

    private final List<NndFile> files;
    private final Map<String, Decl> declared = new HashMap<>();
    private final Map<String, Document> documents = new HashMap<>();
    private final Path folder;

    Library(List<NndFile> files, Path cache) {
        this.files = files;
        for (NndFile file : files) {
            file.declarations().forEach(d -> declared.putIfAbsent(d.name().name(), d));
        }
        this.folder =
                cache.resolve("library").resolve(hash(files)).toAbsolutePath().normalize();
        for (NndFile file : files) {
            String uri = Uris.of(place(file.source()));
            documents.put(file.source().name(), Document.of(uri, 0, file.source()));
        }
    }

    /** The folder of the user in which a program may keep what it can make again. */
    static Path userCache() {
        String chosen = System.getProperty("nnd.cache");
        return chosen != null ? Path.of(chosen) : Path.of(System.getProperty("user.home"), ".cache", "nnd");
    }

    private static String hash(List<NndFile> files) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            files.forEach(f -> digest.update(f.source().text().getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    List<NndFile> files() {
        return files;
    }

    /** True for a text of the library, by the compiler's name for it. */
    boolean holds(SourceFile source) {
        return documents.containsKey(source.name());
    }

    /** The file of the library that a user's address means. */
    Optional<NndFile> file(String uri) {
        Optional<Path> path = Uris.path(uri).filter(p -> p.startsWith(folder));
        return path.flatMap(
                p -> files.stream().filter(f -> place(f.source()).equals(p)).findFirst());
    }

    private Path place(SourceFile source) {
        return folder.resolve(source.name().substring(source.name().lastIndexOf('/') + 1));
    }

    /** A text of the library with its address; the file is written if it is not there. */
    Document document(SourceFile source) throws IOException {
        Path file = place(source);
        if (!Files.exists(file)) {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, "new", ".tmp");
            Files.writeString(fresh, source.text());
            if (!fresh.toFile().setReadOnly()) {
                Files.deleteIfExists(fresh);
                throw new IOException(fresh + " can't be made read-only");
            }
            Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
        Document document = documents.get(source.name());
        if (document == null) {
            throw new IllegalArgumentException("not of the library: " + source.name());
        }
        return document;
    }

    @Override
    public Optional<Decl> find(String name) {
        return Optional.ofNullable(declared.get(name));
    }

    @Override
    public Optional<Decl> imported(NndFile.QualifiedName name) {
        return Optional.empty();
    }

    @Override
    public Globals of(Decl declaration) {
        return this;
    }
}
