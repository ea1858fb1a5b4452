package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import java.util.List;

/** Proposes changes for the errors of a file that have no fix. */
public final class Repairs {

    /** Past so many errors nobody reads offers, and looking for them takes time. */
    private static final int MOST_FINDINGS = 20;

    /** An unknown name is known to its writer; to leave it out is no help. */
    private static final String NAMES = "NND01";

    /** A method of a tensor. */
    private static final String METHOD = "NND0262";

    private static final String NOT_THERE_YET = "NND0899";

    private Repairs() {}

    /** The findings, with candidates for the errors among them. */
    public static List<Diagnostic> proposed(List<Diagnostic> found, NndFile file) {
        boolean worth = found.stream().anyMatch(Repairs::wanted)
                && found.stream().filter(Repairs::wanted).count() <= MOST_FINDINGS;
        if (!worth) {
            return found;
        }
        var syntax = new Syntax(file);
        return found.stream().map(d -> wanted(d) ? proposed(d, syntax) : d).toList();
    }

    private static boolean wanted(Diagnostic found) {
        return found.severity() == Severity.ERROR
                && found.fix().isEmpty()
                && !found.code().startsWith(NAMES)
                && !found.code().equals(NOT_THERE_YET);
    }

    private static Diagnostic proposed(Diagnostic found, Syntax syntax) {
        var focus = new Focus(found, syntax);
        var proposals = new Proposals(found);
        if (found.code().equals(METHOD)) {
            // Other ways to make the error go away leave out what the method does.
            MethodRepairs.propose(focus, proposals);
            return found.withCandidates(proposals.candidates());
        }
        PipeRepairs.propose(focus, proposals);
        NumberRepairs.propose(focus, proposals);
        WindowRepairs.propose(focus, proposals);
        CallRepairs.propose(focus, proposals);
        PatternRepairs.propose(focus, proposals);
        ClassRepairs.propose(focus, proposals);
        return found.withCandidates(proposals.candidates());
    }
}
