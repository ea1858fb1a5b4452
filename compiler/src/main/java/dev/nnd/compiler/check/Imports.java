package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves the imports of a file, and of what it imports. */
final class Imports {

    /** Where Python programs import from. */
    private static final Set<String> FOREIGN =
            Set.of("torch", "torchvision", "keras", "tensorflow", "tf", "numpy", "np", "jax", "flax", "pandas", "nn");

    private final Checking c;
    private final Sources sources;
    private final Map<String, FileScope> loaded = new HashMap<>();
    private final Deque<String> path = new ArrayDeque<>();

    Imports(Checking c, Sources sources) {
        this.c = c;
        this.sources = sources;
    }

    /** The names at the top of the checked file. */
    FileScope root(NndFile file) {
        FileScope scope = FileScope.of(file, c.library());
        loaded.put(file.source().name(), scope);
        path.push(file.source().name());
        Set<String> seen = new HashSet<>();
        for (NndFile.QualifiedName name : file.imports()) {
            Ident last = name.parts().getLast();
            Optional<Decl> own = file.declarations().stream()
                    .filter(d -> d.name().name().equals(last.name()))
                    .findFirst();
            if (own.isPresent()) {
                c.report(Diagnostic.error(
                                "NND0108", name.span(), "`" + last.name() + "` is imported and declared in this file")
                        .label(own.get().name().span(), "declared here"));
            } else if (!seen.add(last.name())) {
                c.report(Diagnostic.error("NND0108", name.span(), "`" + last.name() + "` is imported twice"));
            } else {
                one(name, scope, true);
            }
        }
        path.pop();
        return scope;
    }

    private void one(NndFile.QualifiedName name, FileScope into, boolean report) {
        Optional<NndFile> file = sources.find(name.text());
        String last = name.parts().getLast().name();
        if (file.isEmpty()) {
            into.broken(last);
            if (report) {
                c.report(notFound(name));
            }
            return;
        }
        if (path.contains(file.get().source().name())) {
            into.broken(last);
            if (report
                    || path.peekLast() != null
                            && path.peekLast().equals(file.get().source().name())) {
                cycle(name, file.get());
            }
            return;
        }
        Optional<Decl> found = file.get().declarations().stream()
                .filter(d -> d.name().name().equals(last))
                .findFirst();
        if (found.isEmpty()) {
            into.broken(last);
            if (report) {
                missing(name, file.get());
            }
            return;
        }
        into.add(last, new FileScope.Found(found.get(), scope(file.get())));
    }

    private Diagnostic notFound(NndFile.QualifiedName name) {
        Diagnostic error = Diagnostic.error("NND0106", name.span(), "there is no `" + name.text() + "` to import");
        if (FOREIGN.contains(name.parts().getFirst().name())) {
            return error.help("layers and functions of the library need no import; leave it out")
                    .candidate("leave the import out, the library needs none", statement(name), "");
        }
        Optional<String> near = Nearest.to(name.text(), sources.names()).or(() -> sameLast(name));
        return near.isPresent()
                ? Expressions.suggest(error, name.span(), near)
                : error.help("an import names a declaration of another file of the source root, with that"
                        + " file's package");
    }

    /** A declaration of that name in another package. */
    private Optional<String> sameLast(NndFile.QualifiedName name) {
        String last = "." + name.parts().getLast().name();
        return sources.names().stream().filter(n -> n.endsWith(last)).sorted().findFirst();
    }

    /** The name with the word {@code import} before it. */
    private static Span statement(NndFile.QualifiedName name) {
        Span span = name.span();
        int word = span.file().text().lastIndexOf("import", span.start());
        return new Span(span.file(), word < 0 ? span.start() : word, span.end());
    }

    private void missing(NndFile.QualifiedName name, NndFile file) {
        Ident last = name.parts().getLast();
        List<String> names =
                file.declarations().stream().map(d -> d.name().name()).toList();
        c.report(Expressions.suggest(
                Diagnostic.error(
                        "NND0106",
                        name.span(),
                        "`" + file.source().name() + "` does not declare `" + last.name() + "`"),
                last.span(),
                Nearest.to(last.name(), names)));
    }

    private void cycle(NndFile.QualifiedName name, NndFile file) {
        c.report(Diagnostic.error(
                        "NND0107",
                        name.span(),
                        "the import of `" + name.text() + "` leads back to `"
                                + file.source().name() + "`")
                .note("files that import each other cannot be checked one after the other")
                .help("move what both need into a third file"));
    }

    private FileScope scope(NndFile file) {
        FileScope known = loaded.get(file.source().name());
        if (known != null) {
            return known;
        }
        FileScope scope = FileScope.of(file, c.library());
        loaded.put(file.source().name(), scope);
        path.push(file.source().name());
        file.imports().forEach(i -> one(i, scope, false));
        path.pop();
        return scope;
    }
}
