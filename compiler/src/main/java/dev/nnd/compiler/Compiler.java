package dev.nnd.compiler;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.check.Checked;
import dev.nnd.compiler.check.Checker;
import dev.nnd.compiler.check.Sources;
import dev.nnd.compiler.check.StandardLibrary;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.Writing;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.compiler.repair.Repairs;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The compiler from texts to Java in memory: parse, check, lower, rewrite, differentiate, plan, emit. Its only state is
 * the standard library.
 */
public final class Compiler {

    private final StandardLibrary library = StandardLibrary.load(
            (source, start, end) -> Parser.parse(source, start, end).file());
    private final Checker checker = new Checker(library);

    /** A compiler. */
    public Compiler() {}

    /** Only what is wrong with the sources: nothing is lowered or generated. */
    public List<Diagnostic> check(CompilerRun run) {
        var found = new ArrayList<Diagnostic>();
        typed(run, found);
        return List.copyOf(found);
    }

    /** The checked declarations of the sources, also of those that cannot be compiled to Java yet; none if there is an error. */
    public List<TypedProgram> checked(CompilerRun run) {
        var found = new ArrayList<Diagnostic>();
        List<TypedProgram> programs = typed(run, found);
        return new CompileResult(List.of(), found, List.of()).ok() ? programs : List.of();
    }

    /** The library's files. */
    public List<NndFile> library() {
        return library.files();
    }

    /**
     * What {@link #check} finds in one file, and what there is to know about its places: for editors.
     *
     * @param others further files of the source root, as in a {@link CompilerRun}
     * @param elsewhere what an import finds if the source root does not have it
     * @param cancelled when to give up, which throws {@link java.util.concurrent.CancellationException}
     */
    public Checked index(Parsed file, List<Parsed> others, Sources elsewhere, BooleanSupplier cancelled) {
        var sources = new ParsedSources(List.of(file), others);
        Sources all = name -> sources.find(name).or(() -> elsewhere.find(name));
        Checked checked = checker.checkAndIndex(file.file(), all, cancelled);
        var texts = new ArrayList<>(others);
        texts.add(file);
        var found = new ArrayList<>(findings(file, checked, all, new SyntaxDamage(texts), cancelled));
        found.addAll(sources.clashes());
        return new Checked(checked.program(), found, checked.index());
    }

    /** What a broken statement would have declared is missing: what may follow from that is no news. */
    private List<Diagnostic> findings(
            Parsed parsed, Checked checked, Sources sources, SyntaxDamage damage, BooleanSupplier cancelled) {
        List<Diagnostic> told = damage.none(parsed)
                ? Repairs.proposed(checked.diagnostics(), parsed.file())
                : damage.merged(parsed, untried(checked.diagnostics()));
        return settled(told, sources, cancelled);
    }

    /** Everything up to execution plans, without the generated Java. */
    public CompileResult plan(CompilerRun run) {
        var found = new ArrayList<Diagnostic>();
        List<TypedProgram> typed = typed(run, found);
        typed.forEach(t -> found.addAll(TargetLimits.of(t)));
        var checked = new CompileResult(List.of(), found, List.of());
        if (!checked.ok()) {
            return checked;
        }
        return new CompileResult(
                List.of(), found, typed.stream().map(Backend::compile).toList());
    }

    /** The generated Java of the sources; none if any of them has an error. */
    public CompileResult compile(CompilerRun run) {
        return compile(run, Writing.USUAL);
    }

    /** The same with timers around all ops, which report to {@code dev.nnd.runtime.profile.Profile}. */
    public CompileResult compileTimed(CompilerRun run) {
        return compile(run, Writing.TIMED);
    }

    /** The same, written in a way that is not the usual one. */
    public CompileResult compile(CompilerRun run, Writing writing) {
        CompileResult planned = plan(run);
        var files = new ArrayList<GeneratedFile>();
        planned.programs().forEach(p -> files.addAll(Emission.emit(p, writing)));
        return new CompileResult(files.stream().distinct().toList(), planned.diagnostics(), planned.programs());
    }

    private List<TypedProgram> typed(CompilerRun run, List<Diagnostic> found) {
        var sources = new ParsedSources(run);
        var damage = new SyntaxDamage(sources.sources());
        var typed = new ArrayList<TypedProgram>();
        for (Parsed parsed : sources.sources()) {
            Checked checked = checker.check(parsed.file(), sources);
            found.addAll(findings(parsed, checked, sources, damage, () -> false));
            typed.add(checked.program());
        }
        found.addAll(sources.clashes());
        return typed;
    }

    /** The findings without fixes that would have to be tried, which needs a text without syntax errors. */
    private static List<Diagnostic> untried(List<Diagnostic> found) {
        return found.stream().map(d -> d.withCandidates(List.of())).toList();
    }

    /** The findings with the fixes that work. */
    private List<Diagnostic> settled(List<Diagnostic> found, Sources sources, BooleanSupplier cancelled) {
        FixTrials.Check check = (text, watch) -> {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            Parsed changed = Parser.parse(text);
            changed.problems().forEach(watch::found);
            if (changed.problems().isEmpty()) {
                checker.check(changed.file(), sources, watch);
            }
        };
        return new FixTrials(check, cancelled).settle(found);
    }
}
