package dev.nnd.compiler;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Applies the fixes of findings until none is left that leads on. A step is taken only if fewer findings remain: first
 * fewer syntax errors, which hide all others of their file, then fewer errors, then fewer warnings.
 */
public final class Fixer {

    private static final int MOST_ROUNDS = 20;
    private static final int MOST_SINGLE_TRIALS = 100;

    /**
     * A fix that was applied.
     *
     * @param found the finding, at its place in the text before this fix
     */
    public record Applied(Diagnostic found, Diagnostic.Fix fix) {}

    /**
     * What came of it.
     *
     * @param sources the files of the run, changed or not, in its order
     * @param applied in the order in which they were applied
     * @param remaining what is still found in the changed files
     */
    public record Result(List<SourceFile> sources, List<Applied> applied, List<Diagnostic> remaining) {}

    private record State(CompilerRun run, List<Diagnostic> found) {}

    private final Function<CompilerRun, List<Diagnostic>> check;

    /** A fixer that checks with this compiler. */
    public Fixer(Compiler compiler) {
        this.check = compiler::check;
    }

    /** Fixes the sources of a run; the other files stay as they are. */
    public Result fix(CompilerRun run) {
        var state = new State(run, check.apply(run));
        var applied = new ArrayList<Applied>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<Applied> fixes = applicable(state);
            Optional<State> next = step(state, fixes);
            if (next.isPresent()) {
                applied.addAll(fixes);
            } else {
                State from = state;
                Optional<Applied> single = fixes.stream()
                        .limit(MOST_SINGLE_TRIALS)
                        .filter(f -> fixes.size() > 1 && step(from, List.of(f)).isPresent())
                        .findFirst();
                if (single.isEmpty()) {
                    break;
                }
                applied.add(single.get());
                next = step(state, List.of(single.get()));
            }
            state = next.orElseThrow();
        }
        return new Result(state.run().sources(), applied, state.found());
    }

    /** The fixes that can be applied together, in source order. */
    private static List<Applied> applicable(State state) {
        var chosen = new ArrayList<Applied>();
        var taken = new ArrayList<Diagnostic.Edit>();
        var sources = new HashSet<>(state.run().sources());
        for (Diagnostic found : DiagnosticRenderer.sorted(state.found())) {
            Optional<Diagnostic.Fix> fix = found.fix().filter(f -> sources.contains(f.file()));
            boolean free = fix.isPresent()
                    && fix.get().edits().stream().noneMatch(e -> taken.stream().anyMatch(t -> touch(e, t)));
            if (free) {
                chosen.add(new Applied(found, fix.get()));
                taken.addAll(fix.get().edits());
            }
        }
        return chosen;
    }

    private static boolean touch(Diagnostic.Edit a, Diagnostic.Edit b) {
        return a.span().file().equals(b.span().file())
                && a.span().start() <= b.span().end()
                && b.span().start() <= a.span().end();
    }

    /** The run with those fixes applied, if that is better. */
    private Optional<State> step(State before, List<Applied> fixes) {
        if (fixes.isEmpty()) {
            return Optional.empty();
        }
        Map<SourceFile, List<Diagnostic.Edit>> edits = fixes.stream()
                .flatMap(f -> f.fix().edits().stream())
                .sorted(Comparator.comparingInt(e -> e.span().start()))
                .collect(Collectors.groupingBy(e -> e.span().file()));
        List<SourceFile> sources = before.run().sources().stream()
                .map(s ->
                        edits.containsKey(s) ? new SourceFile(s.name(), new Diagnostic.Fix(edits.get(s)).applied()) : s)
                .toList();
        var run = new CompilerRun(sources, before.run().others());
        var after = new State(run, check.apply(run));
        return better(before.found(), after.found()) || nextMethods(fixes, before.found(), after.found())
                ? Optional.of(after)
                : Optional.empty();
    }

    /** A method of a tensor that is written as a function shows the method that follows it, until there are none. */
    private static boolean nextMethods(List<Applied> fixes, List<Diagnostic> before, List<Diagnostic> after) {
        return fixes.stream().allMatch(f -> isMethod(f.found()))
                && errors(after.stream().filter(d -> !isMethod(d)).toList())
                        <= errors(before.stream().filter(d -> !isMethod(d)).toList());
    }

    private static boolean isMethod(Diagnostic found) {
        return found.code().equals("NND0262");
    }

    private static boolean better(List<Diagnostic> before, List<Diagnostic> after) {
        int syntax = Long.compare(syntaxErrors(after), syntaxErrors(before));
        int errors = Long.compare(errors(after), errors(before));
        int all = Integer.compare(after.size(), before.size());
        return syntax != 0 ? syntax < 0 : errors != 0 ? errors < 0 : all < 0;
    }

    private static long syntaxErrors(List<Diagnostic> found) {
        return found.stream().filter(d -> d.code().startsWith("NND00")).count();
    }

    private static long errors(List<Diagnostic> found) {
        return found.stream().filter(d -> d.severity() == Severity.ERROR).count();
    }
}
