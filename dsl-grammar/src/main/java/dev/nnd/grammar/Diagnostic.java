package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One finding about a user's text: facts only; the renderers make words on a screen of it.
 *
 * @param code {@code NND} and four digits; every code has a page in {@code spec/diagnostics}
 * @param severity error or warning
 * @param message one plain sentence without a final period
 * @param span where the finding is
 * @param labels further places with a remark each, such as where the other side of a mismatch came from
 * @param notes further sentences, such as the derivation of a dim or a counterexample
 * @param help what to do, if that is known
 * @param fix a change of the text that can be applied by a machine, if there is one
 * @param candidates changes that may help and that nobody has tried yet, the likeliest first; the compiler tries them,
 *     keeps the first that works as the fix, and drops the others
 */
public record Diagnostic(
        String code,
        Severity severity,
        String message,
        Span span,
        List<Label> labels,
        List<String> notes,
        Optional<String> help,
        Optional<Fix> fix,
        List<Candidate> candidates) {

    /** A remark at a place; an empty remark only marks the place. */
    public record Label(Span span, String remark) {}

    /** Replace {@code span} by {@code replacement}; an empty span inserts, an empty replacement deletes. */
    public record Edit(Span span, String replacement) {}

    /**
     * A change of the text.
     *
     * @param edits at least one, in source order, all in one file, none over another
     */
    public record Fix(List<Edit> edits) {
        public Fix {
            edits = List.copyOf(edits);
        }

        /** One replacement. */
        public static Fix of(Span span, String replacement) {
            return new Fix(List.of(new Edit(span, replacement)));
        }

        /** The file that it changes. */
        public SourceFile file() {
            return edits.getFirst().span().file();
        }

        /** The whole text of its file after the change. */
        public String applied() {
            String text = file().text();
            var out = new StringBuilder();
            int from = 0;
            for (Edit edit : edits) {
                out.append(text, from, edit.span().start()).append(edit.replacement());
                from = edit.span().end();
            }
            return out.append(text, from, text.length()).toString();
        }
    }

    /**
     * A change that may help.
     *
     * @param help the sentence that offers it
     * @param own true if it comes with the finding, false if it is only a guess about its place
     */
    public record Candidate(String help, Fix fix, boolean own) {}

    public Diagnostic {
        labels = List.copyOf(labels);
        notes = List.copyOf(notes);
        candidates = List.copyOf(candidates);
    }

    /** An error with nothing but its sentence and place. */
    public static Diagnostic error(String code, Span span, String message) {
        return plain(code, Severity.ERROR, span, message);
    }

    /** A warning with nothing but its sentence and place. */
    public static Diagnostic warning(String code, Span span, String message) {
        return plain(code, Severity.WARNING, span, message);
    }

    private static Diagnostic plain(String code, Severity severity, Span span, String message) {
        return new Diagnostic(
                code, severity, message, span, List.of(), List.of(), Optional.empty(), Optional.empty(), List.of());
    }

    /** This diagnostic with one more remark at a place. */
    public Diagnostic label(Span at, String remark) {
        var more = new ArrayList<>(labels);
        more.add(new Label(at, remark));
        return withLabels(more);
    }

    /** This diagnostic with other labels. */
    public Diagnostic withLabels(List<Label> others) {
        return new Diagnostic(code, severity, message, span, others, notes, help, fix, candidates);
    }

    /** This diagnostic with one more note. */
    public Diagnostic note(String note) {
        var more = new ArrayList<>(notes);
        more.add(note);
        return new Diagnostic(code, severity, message, span, labels, more, help, fix, candidates);
    }

    /** This diagnostic with its help sentence. */
    public Diagnostic help(String sentence) {
        return new Diagnostic(code, severity, message, span, labels, notes, Optional.of(sentence), fix, candidates);
    }

    /** This diagnostic under another code. */
    public Diagnostic withCode(String other) {
        return new Diagnostic(other, severity, message, span, labels, notes, help, fix, candidates);
    }

    /** This diagnostic at another place. */
    public Diagnostic at(Span other) {
        return new Diagnostic(code, severity, message, other, labels, notes, help, fix, candidates);
    }

    /** This diagnostic with a replacement that a machine can apply. */
    public Diagnostic fix(Span at, String replacement) {
        return withFix(Optional.of(Fix.of(at, replacement)));
    }

    /** This diagnostic with that change that a machine can apply, or none. */
    public Diagnostic withFix(Optional<Fix> change) {
        return new Diagnostic(code, severity, message, span, labels, notes, help, change, candidates);
    }

    /** This diagnostic with one more change to be tried. */
    public Diagnostic candidate(String offer, Fix change) {
        var more = new ArrayList<>(candidates);
        more.add(new Candidate(offer, change, true));
        return withCandidates(more);
    }

    /** This diagnostic with a replacement to be tried. */
    public Diagnostic candidate(String offer, Span at, String replacement) {
        return candidate(offer, Fix.of(at, replacement));
    }

    /** This diagnostic with other changes to be tried. */
    public Diagnostic withCandidates(List<Candidate> others) {
        return new Diagnostic(code, severity, message, span, labels, notes, help, fix, others);
    }
}
