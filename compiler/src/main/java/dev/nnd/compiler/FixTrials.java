package dev.nnd.compiler;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tries the changes that findings of one file propose: a change becomes a finding's fix only if the changed text,
 * checked again in memory, has all errors of the text but that one and no other. What is tried is bounded, so that a
 * check stays linear in the length of the text.
 */
final class FixTrials {

    private static final int MOST_FOR_A_FINDING = 90;
    private static final int MOST_FOR_A_FILE = 240;

    /** Characters that may be checked again altogether. */
    private static final long MOST_TEXT = 1_500_000;

    private static final long ERROR_WEIGHT = 1000;

    /** So many ways out are told. */
    private static final int MOST_OFFERS = 2;

    private final Function<SourceFile, List<Diagnostic>> check;
    private int trials;
    private long characters;

    /** A change that works, and how much the text has left to find then. */
    private record Working(Diagnostic.Candidate candidate, long rest) {}

    /**
     * @param check finds what is wrong with a changed text
     */
    FixTrials(Function<SourceFile, List<Diagnostic>> check) {
        this.check = check;
    }

    /** The findings of one file, with a fix where a candidate works, and no candidates. */
    List<Diagnostic> settle(List<Diagnostic> found) {
        return found.stream().map(d -> settle(d, found)).toList();
    }

    private Diagnostic settle(Diagnostic one, List<Diagnostic> all) {
        if (one.candidates().isEmpty()) {
            return one;
        }
        Diagnostic plain = one.withCandidates(List.of());
        int most = isSyntax(one) ? 1 : MOST_OFFERS;
        var working = new ArrayList<Working>();
        for (Diagnostic.Candidate candidate :
                one.candidates().stream().limit(MOST_FOR_A_FINDING).toList()) {
            boolean enough = working.stream().filter(w -> w.rest() == 0).count() == most;
            if (enough || !affordable(candidate)) {
                break;
            }
            attempt(candidate, one, all).ifPresent(w -> working.add(new Working(candidate, w)));
        }
        return working.isEmpty() ? plain : offered(plain, working, most);
    }

    private boolean affordable(Diagnostic.Candidate candidate) {
        trials++;
        characters += candidate.fix().file().text().length();
        return trials <= MOST_FOR_A_FILE && characters <= MOST_TEXT;
    }

    /** The first of those with the least left is the fix; another one is told beside it. */
    private static Diagnostic offered(Diagnostic plain, List<Working> working, int most) {
        long fewest = working.stream().mapToLong(Working::rest).min().orElse(0);
        List<Diagnostic.Candidate> good = working.stream()
                .filter(w -> w.rest() == fewest)
                .map(Working::candidate)
                .toList();
        // A guess beside what the finding itself proposes says no more.
        List<Diagnostic.Candidate> best = good.stream()
                .filter(k -> k.own() || !good.getFirst().own())
                .limit(most)
                .toList();
        List<String> offers =
                best.stream().map(Diagnostic.Candidate::help).distinct().toList();
        String what = String.join(", or ", offers);
        boolean own = best.getFirst().own();
        String before = plain.help()
                .filter(h -> !own && !h.equals(what))
                .map(h -> h + "; this checks: ")
                .orElse("");
        return plain.help(before + what).withFix(Optional.of(best.getFirst().fix()));
    }

    /**
     * How much is left to find, errors counting more than warnings; empty if the change does not work. A syntax error
     * hides all other errors of its file, so these may come to light.
     */
    private Optional<Long> attempt(Diagnostic.Candidate candidate, Diagnostic one, List<Diagnostic> all) {
        Diagnostic.Fix fix = candidate.fix();
        var changed = new SourceFile(fix.file().name(), fix.applied());
        List<Diagnostic> after = check.apply(changed);
        Map<String, Integer> allowed = counts(all);
        allowed.merge(key(one), -1, Integer::sum);
        boolean hidden = isSyntax(one);
        boolean works = counts(
                        after.stream().filter(d -> !hidden || isSyntax(d)).toList())
                .entrySet()
                .stream()
                .allMatch(e -> e.getValue() <= allowed.getOrDefault(e.getKey(), 0));
        return works ? Optional.of(weight(after, hidden)) : Optional.empty();
    }

    private static long weight(List<Diagnostic> after, boolean hidden) {
        return after.stream()
                .mapToLong(d -> d.severity() == Severity.WARNING ? 1 : hidden && !isSyntax(d) ? ERROR_WEIGHT : 0)
                .sum();
    }

    private static boolean isSyntax(Diagnostic found) {
        return found.code().startsWith("NND00");
    }

    private static Map<String, Integer> counts(List<Diagnostic> found) {
        var counts = new HashMap<String, Integer>();
        found.stream().filter(d -> d.severity() == Severity.ERROR).forEach(d -> counts.merge(key(d), 1, Integer::sum));
        return counts;
    }

    private static String key(Diagnostic found) {
        return found.code() + found.message();
    }
}
