package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file of the library whose declarations are parsed one by one, when they are asked for: a program uses few of them. In these files a
 * declaration starts its line, nothing else does so with the same words, and its documentation stands right above it.
 */
final class LibraryFile {

    private static final List<String> WORDS = List.of("fn ", "block ");
    private static final String DOCUMENTATION = "///";

    private final SourceFile source;
    private final StandardLibrary.Stretches parser;

    LibraryFile(SourceFile source, StandardLibrary.Stretches parser) {
        this.source = source;
        this.parser = parser;
    }

    /** The whole file. */
    NndFile whole() {
        return parser.parse(source, 0, source.text().length());
    }

    /** Its declarations by their names, in their order. */
    Map<String, Supplier<Decl>> declarations() {
        String text = source.text();
        var declarations = new LinkedHashMap<String, Supplier<Decl>>();
        List<Start> starts = starts(text);
        for (int i = 0; i < starts.size(); i++) {
            int end = i + 1 < starts.size() ? starts.get(i + 1).start() : text.length();
            declarations.putIfAbsent(
                    starts.get(i).name(), new Declaration(starts.get(i).start(), end));
        }
        return declarations;
    }

    /** Where a declaration begins, with its documentation. */
    private record Start(String name, int start) {}

    private static List<Start> starts(String text) {
        var starts = new ArrayList<Start>();
        int documentation = -1;
        for (int line = 0; line < text.length(); line = after(text, line)) {
            if (text.startsWith(DOCUMENTATION, line)) {
                documentation = documentation < 0 ? line : documentation;
                continue;
            }
            for (String word : WORDS) {
                if (text.startsWith(word, line)) {
                    String name = text.substring(line + word.length(), text.indexOf('(', line));
                    starts.add(new Start(name, documentation < 0 ? line : documentation));
                }
            }
            documentation = -1;
        }
        return starts;
    }

    private static int after(String text, int line) {
        int end = text.indexOf('\n', line);
        return end < 0 ? text.length() : end + 1;
    }

    /** A declaration that is parsed once, at its first use, by whichever thread comes first. */
    private final class Declaration implements Supplier<Decl> {

        private final int start;
        private final int end;
        private volatile @Nullable Decl parsed;

        Declaration(int start, int end) {
            this.start = start;
            this.end = end;
        }

        @Override
        public Decl get() {
            Decl known = parsed;
            return known != null ? known : parse();
        }

        private synchronized Decl parse() {
            Decl known = parsed;
            if (known == null) {
                known = parser.parse(source, start, end).declarations().getFirst();
                parsed = known;
            }
            return known;
        }
    }
}
