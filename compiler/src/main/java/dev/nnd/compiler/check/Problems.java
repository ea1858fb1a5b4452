package dev.nnd.compiler.check;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Gathers the findings of one file. What goes wrong inside the library or an imported block is reported at the place in
 * the file that uses it.
 */
final class Problems {

    /** A use of something declared elsewhere: its place and a few words, such as {@code `Conv2d`}. */
    private record Site(Span span, String what) {}

    private final SourceFile root;
    private final Watch watch;
    private final Deque<Site> sites = new ArrayDeque<>();
    private final List<Diagnostic> all = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    /** Places of what was reported from inside the library or an import; what follows there is a consequence. */
    private final Set<String> elsewhere = new HashSet<>();

    private int errors;

    Problems(SourceFile root, Watch watch) {
        this.root = root;
        this.watch = watch;
    }

    /** Runs an action whose problems belong to the thing used at {@code site}. */
    <T> T within(Span site, String what, Supplier<T> action) {
        sites.push(new Site(site, what));
        try {
            return action.get();
        } finally {
            sites.pop();
        }
    }

    /** Records a finding once. */
    void report(Diagnostic found) {
        if (found.severity() == Severity.ERROR) {
            errors++;
        }
        boolean ours = found.span().file().equals(root);
        Diagnostic here = inRoot(found);
        String place = here.span().start() + ":" + here.span().end();
        boolean first = seen.add(place + ":" + here.code());
        if (first && (ours || elsewhere.add(place))) {
            all.add(here);
            watch.found(here);
        }
    }

    /** Counts an error that was reported before. */
    void again() {
        errors++;
    }

    /** Errors so far, repeated ones counted each time. */
    int errors() {
        return errors;
    }

    /** The place itself, or the use in the checked file that led to it. */
    Span place(Span span) {
        return place(span, root);
    }

    /** The place itself if it is in that file, or the innermost use there that led to it. */
    Span place(Span span, SourceFile file) {
        if (span.file().equals(file)) {
            return span;
        }
        for (Site site : sites) {
            if (site.span().file().equals(file)) {
                return site.span();
            }
        }
        return span;
    }

    /** All findings in the order of the text. */
    List<Diagnostic> sorted() {
        var sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingInt((Diagnostic d) -> d.span().start())
                .thenComparingInt(d -> d.span().end())
                .thenComparing(Diagnostic::code));
        return sorted;
    }

    private Diagnostic inRoot(Diagnostic found) {
        if (found.span().file().equals(root)) {
            return withUse(withoutLibrary(found));
        }
        Span span = place(found.span());
        var labels = found.labels().stream()
                .filter(l ->
                        !StandardLibrary.holds(l.span().file()) && !l.span().equals(span))
                .toList();
        Optional<Diagnostic.Fix> fix = found.fix().filter(f -> f.file().equals(root));
        var candidates = found.candidates().stream()
                .filter(f -> f.fix().file().equals(root))
                .toList();
        Diagnostic moved = found.at(span).withLabels(labels).withFix(fix).withCandidates(candidates);
        boolean imported = !StandardLibrary.holds(found.span().file()) && !span.equals(found.span());
        return imported ? moved.label(found.span(), "it shows here") : moved;
    }

    /** What the library says of itself is no help at a place of the user's. */
    private static Diagnostic withoutLibrary(Diagnostic found) {
        var labels = found.labels().stream()
                .filter(l -> !StandardLibrary.holds(l.span().file()))
                .toList();
        return found.withLabels(labels);
    }

    /** Names the use of a block of this file in which the finding shows. */
    private Diagnostic withUse(Diagnostic found) {
        for (Site site : sites) {
            boolean elsewhere = site.span().file().equals(root) && !overlap(site.span(), found.span());
            boolean marked = found.labels().stream().anyMatch(l -> overlap(l.span(), site.span()));
            if (elsewhere && !marked) {
                return found.label(site.span(), "in this use of " + site.what());
            }
        }
        return found;
    }

    private static boolean overlap(Span a, Span b) {
        return a.start() < b.end() && b.start() < a.end();
    }
}
