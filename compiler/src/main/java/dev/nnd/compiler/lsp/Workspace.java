package dev.nnd.compiler.lsp;

import dev.nnd.compiler.SourceRoot;
import dev.nnd.compiler.ast.NndFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.jspecify.annotations.Nullable;

/** Open texts, and the .nnd files of the workspace's folders and of the open texts' source roots. */
final class Workspace {

    private static final Set<String> SKIPPED = Set.of("node_modules", "target", "build", "out", "bin");
    private static final int MOST_FILES = 5_000;
    private static final int DEEPEST = 24;
    /** How long a listing of folders is trusted without a word from the client. */
    private static final long LISTING_NANOS = 2_000_000_000L;

    /** A file as it was read. */
    private record OnDisk(FileTime time, long size, Document document) {}

    private final Library library;
    private final Set<Path> folders = new TreeSet<>();
    private final Map<String, Document> open = new LinkedHashMap<>();
    private final Map<Path, OnDisk> read = new HashMap<>();
    private List<Path> listed = List.of();
    private long listedAt;
    private boolean stale = true;
    private long generation;
    private @Nullable Project project;

    Workspace(Library library) {
        this.library = library;
    }

    Library library() {
        return library;
    }

    /** Counts the changes of texts: what began under another number is out of date. */
    synchronized long generation() {
        return generation;
    }

    private void changed() {
        generation++;
        project = null;
    }

    synchronized void folder(String uri, boolean added) {
        Uris.path(uri).ifPresent(p -> {
            if (added) {
                folders.add(p);
            } else {
                folders.remove(p);
            }
        });
        filesChanged();
    }

    /** Files were changed by something else than an open editor. */
    synchronized void filesChanged() {
        stale = true;
        changed();
    }

    synchronized void open(String uri, int version, String text) {
        Optional<NndFile> ofLibrary = library.file(uri);
        open.put(
                uri,
                ofLibrary.isPresent()
                        ? Document.of(uri, version, ofLibrary.get().source())
                        : Document.of(uri, version, text));
        stale = true;
        changed();
    }

    /** False if the text is not open. */
    synchronized boolean change(String uri, int version, List<TextDocumentContentChangeEvent> changes) {
        Document before = open.get(uri);
        if (before == null || library.holds(before.source())) {
            return false;
        }
        open.put(uri, before.changed(version, changes));
        changed();
        return true;
    }

    synchronized void close(String uri) {
        open.remove(uri);
        stale = true;
        changed();
    }

    synchronized List<Document> open() {
        return List.copyOf(open.values());
    }

    synchronized Optional<Document> open(String uri) {
        return Optional.ofNullable(open.get(uri));
    }

    /** The texts as they are now. */
    synchronized Project project() {
        boolean old = stale || System.nanoTime() - listedAt > LISTING_NANOS;
        if (project != null && !old) {
            return project;
        }
        if (old && refresh()) {
            project = null;
        }
        if (project == null) {
            var all = new LinkedHashMap<String, Document>();
            listed.forEach(p -> {
                OnDisk file = read.get(p);
                if (file != null) {
                    all.put(file.document().uri(), file.document());
                }
            });
            all.putAll(open);
            project = new Project(all.values(), library);
        }
        return project;
    }

    /** Lists the folders again and reads what is new; true if something is. */
    private boolean refresh() {
        var found = new TreeSet<Path>();
        folders.forEach(f -> list(f, DEEPEST, found));
        for (Document document : open.values()) {
            Path folder = Uris.path(document.uri()).map(Path::getParent).orElse(null);
            if (folder != null && library.file(document.uri()).isEmpty()) {
                Path root = SourceRoot.of(folder, document.text());
                list(root, root.equals(folder) ? 1 : DEEPEST, found);
            }
        }
        boolean changed = !List.copyOf(found).equals(listed);
        listed = List.copyOf(found);
        read.keySet().retainAll(found);
        for (Path file : listed) {
            changed |= !open.containsKey(Uris.of(file)) && read(file);
        }
        listedAt = System.nanoTime();
        stale = false;
        return changed;
    }

    private boolean read(Path file) {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            OnDisk before = read.get(file);
            if (before != null
                    && before.size() == attributes.size()
                    && before.time().equals(attributes.lastModifiedTime())) {
                return false;
            }
            Document document = Document.of(Uris.of(file), 0, Files.readString(file));
            read.put(file, new OnDisk(attributes.lastModifiedTime(), attributes.size(), document));
            return true;
        } catch (CharacterCodingException notText) {
            return read.remove(file) != null;
        } catch (IOException gone) {
            return read.remove(file) != null;
        }
    }

    private static void list(Path folder, int depth, Set<Path> into) {
        try {
            Files.walkFileTree(folder, Set.of(), depth, new Listing(folder, into));
        } catch (IOException unreadable) {
            // A folder that can't be read has no files for us; `nnd check` says so where it matters.
        }
    }

    /** Collects .nnd files; passes over what builds write and what is hidden. */
    private static final class Listing extends SimpleFileVisitor<Path> {
        private final Path root;
        private final Set<Path> into;

        Listing(Path root, Set<Path> into) {
            this.root = root;
            this.into = into;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name =
                    folder.getFileName() == null ? "" : folder.getFileName().toString();
            boolean skip = !folder.equals(root) && (name.startsWith(".") || SKIPPED.contains(name));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".nnd") && attributes.isRegularFile()) {
                into.add(file.toAbsolutePath().normalize());
            }
            return into.size() < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            return FileVisitResult.CONTINUE;
        }
    }

    /** The open texts that may mean something else since a text changed: all others, in the order of opening. */
    synchronized List<String> others(String uri) {
        var found = new ArrayList<>(open.keySet());
        found.remove(uri);
        return found;
    }
}
