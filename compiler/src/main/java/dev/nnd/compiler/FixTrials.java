package dev.nnd.compiler;

import dev.nnd.compiler.check.Watch;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Tries the changes that findings of one file propose: a change becomes a finding's fix only if the changed text,
 * checked again in memory, has all errors of the text but that one and no other. The work on one file is bounded, and
 * shared by its findings: what one leaves is for the others.
 */
final class FixTrials {

    private static final int MOST_FOR_A_FINDING = 90;

    /** Past so many evaluated expressions no change of a file is tried any more: some tenths of a second. */
    private static final long MOST_WORK = 300_000;

    private static final int MOST_FOR_A_TRIAL = 400_000;
    private static final int CANCELLATION_EVERY = 256;

    /** To read so many characters takes as long as to evaluate an expression. */
    private static final int CHARACTERS = 10;

    private static final long ERROR_WEIGHT = 1000;

    /** A method of a tensor: {@code x.relu()}. */
    private static final String METHOD = "NND0262";

    /** So many ways out are told. */
    private static final int MOST_OFFERS = 2;

    /** Finds what is wrong with a changed text. */
    interface Check {
        void check(SourceFile changed, Watch watch);
    }

    private final Check check;
    private final BooleanSupplier cancelled;
    private long work;

    /** A change that works, and how much the text has left to find then. */
    private record Working(Diagnostic.Candidate candidate, long rest) {}

    /**
     * @param cancelled when to give up altogether, which throws {@link CancellationException}
     */
    FixTrials(Check check, BooleanSupplier cancelled) {
        this.check = check;
        this.cancelled = cancelled;
    }

    /** The findings of one file, with a fix where a candidate works, and no candidates. */
    List<Diagnostic> settle(List<Diagnostic> found) {
        List<Search> searches = found.stream().map(d -> new Search(d, found)).toList();
        while (work < MOST_WORK && !searches.stream().allMatch(Search::isDone)) {
            List<Search> open = searches.stream().filter(s -> !s.isDone()).toList();
            for (int i = 0; i < open.size(); i++) {
                open.get(i).goOn(work + Math.max(1, (MOST_WORK - work) / (open.size() - i)));
            }
        }
        return searches.stream().map(Search::result).toList();
    }

    /** The search for fixes of one finding. */
    private final class Search {

        private final Diagnostic one;
        private final List<Diagnostic> all;
        private final Iterator<Diagnostic.Candidate> untried;
        private final List<Working> working = new ArrayList<>();
        private final int most;

        Search(Diagnostic one, List<Diagnostic> all) {
            this.one = one;
            this.all = all;
            untried = one.candidates().stream().limit(MOST_FOR_A_FINDING).iterator();
            most = isSyntax(one) ? 1 : MOST_OFFERS;
        }

        boolean isDone() {
            return !untried.hasNext()
                    || working.stream().filter(w -> w.rest() == 0).count() == most;
        }

        /** Goes on until so much work is done. */
        void goOn(long share) {
            while (!isDone() && work < share) {
                Diagnostic.Candidate candidate = untried.next();
                attempt(candidate, one, all).ifPresent(w -> working.add(new Working(candidate, w)));
            }
        }

        Diagnostic result() {
            Diagnostic plain = one.withCandidates(List.of());
            return working.isEmpty() ? plain : offered(plain, working, most);
        }
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
                .filter(h -> !own && !h.equals(what) && !plain.code().equals(METHOD))
                .map(h -> h + "; this checks: ")
                .orElse("");
        return plain.help(before + what).withFix(Optional.of(best.getFirst().fix()));
    }

    /** How much is left to find, errors counting more than warnings; empty if the change does not work. */
    private Optional<Long> attempt(Diagnostic.Candidate candidate, Diagnostic one, List<Diagnostic> all) {
        Diagnostic.Fix fix = candidate.fix();
        var changed = new SourceFile(fix.file().name(), fix.applied());
        work += changed.text().length() / CHARACTERS;
        var rest = new Rest(one, all, fix);
        try {
            check.check(changed, rest);
        } catch (GivenUp e) {
            return Optional.empty();
        }
        return Optional.of(rest.weight);
    }

    /** True for a method of a value that had no meaning before, because another method's had none. */
    private static boolean nextMethod(Diagnostic after, Diagnostic one, Diagnostic.Fix fix) {
        if (!one.code().equals(METHOD)
                || !after.code().equals(METHOD)
                || fix.edits().size() != 1) {
            return false;
        }
        Diagnostic.Edit edit = fix.edits().getFirst();
        return after.span().start() >= edit.span().start() + edit.replacement().length();
    }

    private static boolean isSyntax(Diagnostic found) {
        return found.code().startsWith("NND00");
    }

    private static String key(Diagnostic found) {
        return found.code() + found.message();
    }

    /** Ends the check of a changed text. */
    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        GivenUp(String why) {
            super(why, null, false, false);
        }
    }

    /** What a changed text has to find. Most changes are given up at the first error that was not there before. */
    private final class Rest implements Watch {

        private final Map<String, Integer> allowed = new HashMap<>();
        /** A syntax error hides all other errors of its file, so these may come to light. */
        private final boolean hidden;

        private final Diagnostic one;
        private final Diagnostic.Fix fix;
        private long weight;
        private int evaluated;

        Rest(Diagnostic one, List<Diagnostic> all, Diagnostic.Fix fix) {
            this.one = one;
            this.fix = fix;
            all.stream()
                    .filter(d -> d.severity() == Severity.ERROR)
                    .forEach(d -> allowed.merge(key(d), 1, Integer::sum));
            allowed.merge(key(one), -1, Integer::sum);
            hidden = isSyntax(one);
        }

        @Override
        public void evaluates() {
            work++;
            evaluated++;
            if (evaluated % CANCELLATION_EVERY == 0 && cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            if (evaluated > MOST_FOR_A_TRIAL) {
                throw new GivenUp("this takes too long");
            }
        }

        @Override
        public void found(Diagnostic found) {
            if (found.severity() == Severity.WARNING) {
                weight++;
            } else if (hidden && !isSyntax(found)) {
                weight += ERROR_WEIGHT;
            } else if (!nextMethod(found, one, fix) && allowed.merge(key(found), -1, Integer::sum) < 0) {
                throw new GivenUp("an error that was not there before");
            }
        }
    }
}
