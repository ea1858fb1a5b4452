package dev.nnd.compiler;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.check.Sources;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The syntax trees of a run, and which of them declares what. */
final class ParsedSources implements Sources {

    private final List<Parsed> sources;
    private final Map<String, Decl> declared = new HashMap<>();
    private final Map<String, NndFile> fileOf = new HashMap<>();
    private final List<Diagnostic> clashes = new ArrayList<>();

    ParsedSources(CompilerRun run) {
        this(
                run.sources().stream().map(Parser::parse).toList(),
                run.others().stream().map(Parser::parse).toList());
    }

    ParsedSources(List<Parsed> sources, List<Parsed> others) {
        this.sources = sources;
        Stream.concat(sources.stream(), others.stream()).map(Parsed::file).forEach(this::index);
    }

    private void index(NndFile file) {
        String packageName = file.packageName().map(p -> p.text() + ".").orElse("");
        for (Decl declaration : file.declarations()) {
            String name = packageName + declaration.name().name();
            Decl before = declared.putIfAbsent(name, declaration);
            if (before == null) {
                fileOf.put(name, file);
            } else if (!before.span().file().equals(file.source()) && compiled(before) && compiled(declaration)) {
                clashes.add(clash(name, declaration, before));
            }
        }
    }

    /** True for a declaration of a file that is compiled, and not only there to be imported from. */
    private boolean compiled(Decl declaration) {
        return sources.stream()
                .anyMatch(p -> p.file().source().equals(declaration.span().file()));
    }

    private static Diagnostic clash(String name, Decl declaration, Decl before) {
        return Diagnostic.error("NND0901", declaration.name().span(), "`" + name + "` is declared in two files")
                .note("the other is in " + before.span().file().name() + ", line "
                        + before.name().span().line())
                .help("give one of them another name, or one of the files another package");
    }

    /** The files to compile, in the order of the run. */
    List<Parsed> sources() {
        return sources;
    }

    /** Names that two files declare: both would become the same Java class. */
    List<Diagnostic> clashes() {
        return clashes;
    }

    @Override
    public Optional<NndFile> find(String qualifiedName) {
        return Optional.ofNullable(fileOf.get(qualifiedName));
    }

    @Override
    public Collection<String> names() {
        return Collections.unmodifiableCollection(fileOf.keySet());
    }
}
