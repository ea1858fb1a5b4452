package dev.nnd.compiler;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.check.Sources;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The syntax trees of a run, and which of them declares what. */
final class ParsedSources implements Sources {

    private final List<Parsed> sources;
    private final Map<String, NndFile> byName = new HashMap<>();

    ParsedSources(CompilerRun run) {
        sources = run.sources().stream().map(Parser::parse).toList();
        List<Parsed> others = run.others().stream().map(Parser::parse).toList();
        Stream.concat(sources.stream(), others.stream()).map(Parsed::file).forEach(this::index);
    }

    private void index(NndFile file) {
        String packageName = file.packageName().map(p -> p.text() + ".").orElse("");
        for (Decl declaration : file.declarations()) {
            byName.putIfAbsent(packageName + declaration.name().name(), file);
        }
    }

    /** The files to compile, in the order of the run. */
    List<Parsed> sources() {
        return sources;
    }

    @Override
    public Optional<NndFile> find(String qualifiedName) {
        return Optional.ofNullable(byName.get(qualifiedName));
    }
}
