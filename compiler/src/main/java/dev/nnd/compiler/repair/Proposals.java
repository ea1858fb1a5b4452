package dev.nnd.compiler.repair;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Gathers proposals for one finding, the cheapest first; those of the finding itself cost nothing. */
final class Proposals {

    private static final int MOST = 100;
    private static final int LONGEST = 90;

    /** To declare what came out always works, and is seldom what was meant. */
    private static final String DECLARED = "NND0306";

    private static final int LAST_RESORT = 45;

    private record Priced(int cost, Diagnostic.Candidate candidate) {}

    private final Diagnostic found;
    private final List<Priced> all = new ArrayList<>();
    private final Set<List<Diagnostic.Edit>> known = new HashSet<>();

    Proposals(Diagnostic found) {
        this.found = found;
        found.candidates().forEach(c -> {
            known.add(c.fix().edits());
            all.add(new Priced(found.code().equals(DECLARED) ? LAST_RESORT : 0, c));
        });
    }

    /** Proposes one replacement, told by the text of {@code shown} after the change. */
    void replace(int cost, Span shown, Span at, String replacement) {
        propose(cost, shown, List.of(new Diagnostic.Edit(at, replacement)));
    }

    /** Proposes a change of a written type, told by the head of its statement: {@code param head: f32[256, 10]}. */
    void declare(int cost, Span statement, Span type, Span at, String replacement) {
        declare(cost, statement, type, List.of(new Diagnostic.Edit(at, replacement)));
    }

    /** Proposes changes of a written type. */
    void declare(int cost, Span statement, Span type, List<Diagnostic.Edit> edits) {
        boolean head = statement.start() <= type.start() && type.end() - statement.start() <= LONGEST;
        Span shown = head ? new Span(type.file(), statement.start(), type.end()) : type;
        told(cost, "declare `" + after(shown, edits) + "`" + line(shown), edits);
    }

    /** Proposes edits in source order, told by the text of {@code shown} after the change. */
    void propose(int cost, Span shown, List<Diagnostic.Edit> edits) {
        told(cost, "write `" + after(shown, edits) + "`" + line(shown), edits);
    }

    /** Proposes edits with a sentence of their own. */
    void told(int cost, String help, List<Diagnostic.Edit> edits) {
        if (known.add(edits)) {
            all.add(new Priced(cost, new Diagnostic.Candidate(help, new Diagnostic.Fix(edits), false)));
        }
    }

    private String line(Span shown) {
        return shown.line() == found.span().line() ? "" : " on line " + shown.line();
    }

    private static String after(Span shown, List<Diagnostic.Edit> edits) {
        String text = shown.file().text();
        var out = new StringBuilder();
        int from = Math.min(shown.start(), edits.getFirst().span().start());
        for (Diagnostic.Edit edit : edits) {
            out.append(text, from, edit.span().start()).append(edit.replacement());
            from = edit.span().end();
        }
        out.append(text, from, Math.max(from, shown.end()));
        String one = out.toString().strip().replaceAll("\\s+", " ");
        if (one.length() <= LONGEST) {
            return one;
        }
        String made = edits.getFirst().replacement().strip();
        return made.isEmpty() || made.length() > LONGEST ? one.substring(0, LONGEST - 3) + "..." : made;
    }

    List<Diagnostic.Candidate> candidates() {
        var sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingInt(Priced::cost));
        return sorted.stream().limit(MOST).map(Priced::candidate).toList();
    }
}
