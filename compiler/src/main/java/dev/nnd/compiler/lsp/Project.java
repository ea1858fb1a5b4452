package dev.nnd.compiler.lsp;

import dev.nnd.compiler.SourceRoot;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.lsp.names.FileNames;
import dev.nnd.compiler.lsp.names.Globals;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.grammar.SourceFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One state of all texts: open editors and the files of the workspace. Immutable but for what it remembers. */
final class Project {

    private final Map<String, Document> documents = new LinkedHashMap<>();
    private final Map<String, Document> byName = new HashMap<>();
    private final Map<String, List<Document>> declared = new HashMap<>();
    private final Map<String, Map<String, Decl>> own = new ConcurrentHashMap<>();
    private final Map<String, FileNames> names = new ConcurrentHashMap<>();
    private final Library library;

    Project(Collection<Document> documents, Library library) {
        this.library = library;
        for (Document document : documents) {
            this.documents.put(document.uri(), document);
            byName.put(document.source().name(), document);
            if (library.holds(document.source())) {
                continue;
            }
            for (Decl declaration : document.parsed().file().declarations()) {
                declared.computeIfAbsent(qualified(document, declaration), n -> new ArrayList<>())
                        .add(document);
            }
        }
    }

    static String qualified(Document document, Decl declaration) {
        String packageName =
                document.parsed().file().packageName().map(p -> p.text() + ".").orElse("");
        return packageName + declaration.name().name();
    }

    Library library() {
        return library;
    }

    Collection<Document> documents() {
        return documents.values();
    }

    Optional<Document> document(String uri) {
        return Optional.ofNullable(documents.get(uri));
    }

    /** The text that a span is in, of a user or of the library. */
    Optional<Document> document(SourceFile source) {
        return Optional.ofNullable(byName.get(source.name()));
    }

    /** The files from which {@code nnd check} lets a file import, as it finds them. */
    List<Parsed> siblings(Document document) {
        Optional<Path> path = Uris.path(document.uri());
        Optional<Path> folder = path.map(Path::getParent);
        if (folder.isEmpty()) {
            return List.of();
        }
        Path root = SourceRoot.of(folder.get(), document.text());
        return documents.values().stream()
                .filter(d -> d != document)
                .filter(d -> Uris.path(d.uri())
                        .filter(p -> root.equals(folder.get()) ? root.equals(p.getParent()) : p.startsWith(root))
                        .isPresent())
                .map(Document::parsed)
                .toList();
    }

    /** The file that declares a name, the nearest to the asking one if several do. */
    Optional<NndFile> find(Document from, String qualifiedName) {
        List<Document> found = declared.getOrDefault(qualifiedName, List.of());
        return found.stream()
                .filter(d -> d != from)
                .max((a, b) -> Integer.compare(common(a, from), common(b, from)))
                .map(d -> d.parsed().file());
    }

    private static int common(Document a, Document b) {
        String x = a.source().name();
        String y = b.source().name();
        int i = 0;
        while (i < x.length() && i < y.length() && x.charAt(i) == y.charAt(i)) {
            i++;
        }
        return i;
    }

    /** All names that a declaration elsewhere has, with the package. */
    List<String> qualifiedNames() {
        return declared.keySet().stream().sorted().toList();
    }

    /** What the names of a file mean. */
    Globals globals(Document document) {
        return library.holds(document.source()) ? library : new FileGlobals(document);
    }

    /** The named places of a file. */
    FileNames names(Document document) {
        return names.computeIfAbsent(
                document.uri(), u -> FileNames.of(document.parsed().file(), globals(document)));
    }

    /** What a file declares itself, of two with one name the first; what is broken now is as it was last whole. */
    private Map<String, Decl> declared(Document document) {
        return own.computeIfAbsent(document.uri(), u -> {
            var found = new HashMap<String, Decl>();
            document.parsed()
                    .file()
                    .declarations()
                    .forEach(d -> found.putIfAbsent(d.name().name(), d));
            document.lastWhole()
                    .ifPresent(f -> f.declarations()
                            .forEach(d -> found.putIfAbsent(d.name().name(), d)));
            return found;
        });
    }

    private final class FileGlobals implements Globals {
        private final Document document;

        FileGlobals(Document document) {
            this.document = document;
        }

        @Override
        public Optional<Decl> find(String name) {
            NndFile file = document.parsed().file();
            return Optional.ofNullable(declared(document).get(name))
                    .or(() -> file.imports().stream()
                            .filter(i -> i.parts().getLast().name().equals(name))
                            .findFirst()
                            .flatMap(this::imported))
                    .or(() -> library.find(name));
        }

        private static Optional<Decl> own(NndFile file, String name) {
            return file.declarations().stream()
                    .filter(d -> d.name().name().equals(name))
                    .findFirst();
        }

        @Override
        public Optional<Decl> imported(NndFile.QualifiedName name) {
            return Project.this
                    .find(document, name.text())
                    .flatMap(f -> own(f, name.parts().getLast().name()));
        }

        @Override
        public Globals of(Decl declaration) {
            SourceFile source = declaration.span().file();
            if (library.holds(source)) {
                return library;
            }
            return Project.this.document(source).<Globals>map(FileGlobals::new).orElse(this);
        }
    }
}
