package dev.nnd.compiler.repair;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A finding, what its sentences mention, and how far from it a place of the text is. */
final class Focus {

    /** Not worth a guess. */
    static final int FAR = 4;

    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d{1,15}(?![\\w.]*\\w)");
    private static final Pattern QUOTED = Pattern.compile("`([A-Za-z_][A-Za-z0-9_]*)`");
    private static final int MOST = 12;

    /** A longer label marks no place, but a region. */
    private static final int LONGEST = 120;

    private final Diagnostic found;
    private final Syntax syntax;
    private final Set<Long> numbers = new LinkedHashSet<>();
    private final Set<String> words = new LinkedHashSet<>();

    Focus(Diagnostic found, Syntax syntax) {
        this.found = found;
        this.syntax = syntax;
        mention(found.message());
        found.labels().forEach(l -> mention(l.remark()));
        found.notes().forEach(this::mention);
        found.help().ifPresent(this::mention);
    }

    private void mention(String text) {
        NUMBER.matcher(text).results().map(m -> Long.valueOf(m.group())).forEach(n -> {
            if (numbers.size() < MOST) {
                numbers.add(n);
            }
        });
        QUOTED.matcher(text).results().map(m -> m.group(1)).forEach(words::add);
    }

    Diagnostic found() {
        return found;
    }

    Syntax syntax() {
        return syntax;
    }

    /** The whole numbers that the finding mentions, in the order in which it does. */
    Set<Long> numbers() {
        return numbers;
    }

    /** The names that the finding quotes. */
    Set<String> words() {
        return words;
    }

    /** The expressions that are near enough. */
    List<Syntax.Place> places() {
        return syntax.places().stream().filter(p -> distance(p) < FAR).toList();
    }

    /** 0 at the finding, 1 at one of its labels, 2 in a statement of these, 3 in a declaration of these. */
    int distance(Syntax.Place place) {
        return distance(place.span(), place.statement(), place.scope());
    }

    /** The same for a type. */
    int distance(Syntax.Written written) {
        return distance(written.type().span(), written.statement(), written.scope());
    }

    private int distance(Span span, Span statement, Syntax.Scope scope) {
        if (overlap(span, found.span())) {
            return 0;
        }
        if (found.labels().stream()
                .anyMatch(l ->
                        overlap(span, l.span()) && l.span().end() - l.span().start() <= LONGEST)) {
            return 1;
        }
        if (touches(statement)) {
            return 2;
        }
        return touches(scope.span()) ? 3 : FAR;
    }

    private boolean touches(Span region) {
        return overlap(region, found.span()) || found.labels().stream().anyMatch(l -> overlap(region, l.span()));
    }

    static boolean overlap(Span a, Span b) {
        return a.file().equals(b.file()) && a.start() < b.end() && b.start() < a.end();
    }

    static boolean contains(Span outer, Span inner) {
        return outer.file().equals(inner.file()) && outer.start() <= inner.start() && inner.end() <= outer.end();
    }
}
