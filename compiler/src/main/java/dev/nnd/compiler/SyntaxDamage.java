package dev.nnd.compiler;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What syntax errors make of a run. A declaration with an error in it is damaged, and so is every one that names a
 * damaged one: what the checker finds there may be a consequence and is not told. The others are judged as always.
 */
final class SyntaxDamage {

    private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
    private static final Pattern COMMENT = Pattern.compile("//[^\\r\\n]*");
    /** The name in what was probably meant as a declaration. */
    private static final Pattern DECLARED =
            Pattern.compile("(?:^\\w+|\\b(?:block|model|fn|data|train|tune))[ \\t]+([A-Za-z_]\\w*)", Pattern.MULTILINE);

    /** A file of the run and the names in it that are damaged. */
    private record FileDamage(Parsed parsed, Set<String> names) {}

    private final List<FileDamage> files;

    SyntaxDamage(List<Parsed> sources) {
        files = sources.stream().map(p -> new FileDamage(p, damaged(p))).toList();
        boolean changed = files.stream().anyMatch(f -> !f.names().isEmpty());
        while (changed) {
            changed = false;
            for (FileDamage file : files) {
                changed |= spread(file);
            }
        }
    }

    /** Syntax errors of a file and, in source order, those findings of the checker that are no consequence of any. */
    List<Diagnostic> merged(Parsed parsed, List<Diagnostic> checked) {
        FileDamage file = of(parsed);
        var merged = new ArrayList<>(parsed.problems());
        for (Diagnostic found : checked) {
            Optional<Decl> around = parsed.file().declarations().stream()
                    .filter(d -> holds(d.span(), found.span().start()))
                    .findFirst();
            boolean whole = around.isPresent()
                    ? !file.names().contains(around.get().name().name())
                    : parsed.problems().isEmpty() && !names(found.span(), file.names());
            if (whole) {
                merged.add(found);
            }
        }
        merged.sort(Comparator.comparingInt(d -> d.span().start()));
        return merged;
    }

    /** True if the checker's findings are those of a text without damage. */
    boolean none(Parsed parsed) {
        return parsed.problems().isEmpty() && of(parsed).names().isEmpty();
    }

    private FileDamage of(Parsed parsed) {
        String name = parsed.file().source().name();
        return files.stream()
                .filter(f -> f.parsed().file().source().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Names of declarations with an error in them, and those that what is no declaration would probably declare. */
    private static Set<String> damaged(Parsed parsed) {
        var names = new HashSet<String>();
        if (parsed.problems().isEmpty()) {
            return names;
        }
        var places = new ArrayList<Integer>();
        for (Diagnostic problem : parsed.problems()) {
            places.add(problem.span().start());
            problem.labels().forEach(l -> places.add(l.span().start()));
        }
        String text = parsed.file().source().text();
        int from = 0;
        for (Decl declaration : parsed.file().declarations()) {
            Span span = declaration.span();
            names.addAll(declared(text.substring(Math.min(from, span.start()), span.start())));
            if (places.stream().anyMatch(p -> holds(span, p))) {
                names.add(declaration.name().name());
            }
            from = span.end();
        }
        names.addAll(declared(text.substring(Math.min(from, text.length()))));
        return names;
    }

    /** Declarations that name a damaged one, here or in a file that is imported. */
    private boolean spread(FileDamage file) {
        boolean changed = false;
        for (NndFile.QualifiedName imported : file.parsed().file().imports()) {
            String last = imported.parts().getLast().name();
            boolean damaged = files.stream()
                    .filter(f -> f.names().contains(last))
                    .anyMatch(f -> qualified(f, last).equals(imported.text()));
            changed |= damaged && file.names().add(last);
        }
        for (Decl declaration : file.parsed().file().declarations()) {
            String name = declaration.name().name();
            if (!file.names().isEmpty() && !file.names().contains(name) && names(declaration.span(), file.names())) {
                changed |= file.names().add(name);
            }
        }
        return changed;
    }

    private static String qualified(FileDamage file, String name) {
        return file.parsed().file().packageName().map(p -> p.text() + ".").orElse("") + name;
    }

    private static boolean names(Span span, Set<String> names) {
        return WORD.matcher(span.text()).results().map(MatchResult::group).anyMatch(names::contains);
    }

    private static Set<String> declared(String text) {
        return DECLARED.matcher(COMMENT.matcher(text).replaceAll(""))
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toSet());
    }

    private static boolean holds(Span span, int offset) {
        return span.start() <= offset && offset <= span.end();
    }
}
