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
 * @param fix a replacement that can be applied by a machine, if there is one
 */
public record Diagnostic(
        String code,
        Severity severity,
        String message,
        Span span,
        List<Label> labels,
        List<String> notes,
        Optional<String> help,
        Optional<Fix> fix) {

    /** A remark at a place; an empty remark only marks the place. */
    public record Label(Span span, String remark) {}

    /** Replace {@code span} by {@code replacement}. */
    public record Fix(Span span, String replacement) {}

    public Diagnostic {
        labels = List.copyOf(labels);
        notes = List.copyOf(notes);
    }

    /** An error with nothing but its sentence and place. */
    public static Diagnostic error(String code, Span span, String message) {
        return new Diagnostic(
                code, Severity.ERROR, message, span, List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    /** A warning with nothing but its sentence and place. */
    public static Diagnostic warning(String code, Span span, String message) {
        return new Diagnostic(
                code, Severity.WARNING, message, span, List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    /** This diagnostic with one more remark at a place. */
    public Diagnostic label(Span at, String remark) {
        var more = new ArrayList<>(labels);
        more.add(new Label(at, remark));
        return new Diagnostic(code, severity, message, span, more, notes, help, fix);
    }

    /** This diagnostic with one more note. */
    public Diagnostic note(String note) {
        var more = new ArrayList<>(notes);
        more.add(note);
        return new Diagnostic(code, severity, message, span, labels, more, help, fix);
    }

    /** This diagnostic with its help sentence. */
    public Diagnostic help(String sentence) {
        return new Diagnostic(code, severity, message, span, labels, notes, Optional.of(sentence), fix);
    }

    /** This diagnostic with a replacement that a machine can apply. */
    public Diagnostic fix(Span at, String replacement) {
        return new Diagnostic(
                code, severity, message, span, labels, notes, help, Optional.of(new Fix(at, replacement)));
    }
}
