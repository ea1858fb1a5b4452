package dev.nnd.compiler.cli;

import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.train.TrainingOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd tune}. */
@Command(
        name = "tune",
        description = "Searches for the parameters of a train section, as a tune section says; every trial is a run.",
        mixinStandardHelpOptions = true)
final class TuneCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "FILE", description = "the .nnd file")
    private Path file = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "the tune section, if there are several")
    private @Nullable String name;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "the folder with the data section's files (default: data)")
    private Path data = Path.of("data");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "the folder of all trials (default: runs/<tune section>)")
    private @Nullable Path out;

    @Option(names = "--threads", paramLabel = "N", description = "compute threads of a trial (default: 1)")
    private int threads = 1;

    @Option(names = "--parallel", paramLabel = "N", description = "trials at once (default: processors / threads)")
    private int parallel;

    @Option(names = "--resume", description = "goes on with the search in the folder")
    private boolean resume;

    TuneCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Provider.requireThreads(threads);
        if (parallel < 0) {
            throw new NndException("--parallel is " + parallel + ", but must be at least 1.");
        }
        Optional<TuneSection> section = TuneSection.load(terminal, file, Optional.ofNullable(name));
        if (section.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        TypedTune tune = section.get().tune();
        List<Trial> trials = TrialPlan.of(tune);
        Path directory = out == null ? Path.of("runs", tune.name()) : out;
        var files = new TuneFiles(directory, tune);
        boolean guided = tune.strategy() instanceof TypedTune.Strategy.Tpe;
        int count = guided ? TrialPlan.count(tune) : trials.size();
        int at = Math.min(count, atOnce(guided && resume ? files.atOnce() : 0));
        files.begin(trials, guided ? at : 0, resume);
        terminal.out().println(tune.name() + ": " + count + " trials, " + at + " at once, in " + directory);
        section.get().compile(trials);
        var runner = new TrialRunner(section.get(), TrainingOptions.of(data).withThreads(threads), directory);
        var done = new ArrayList<TrialRunner.Result>();
        try (var stop = new StopSignal()) {
            stop.listen();
            var results = new TrialSchedule(tune, directory, runner, result -> told(files, done, result))
                    .run(trials, at, length(section.get(), trials.getFirst()));
            files.write(results);
            files.print(terminal, results);
            terminal.out().println("the table and its plot are in " + directory.resolve("tune.html"));
            return results.stream().allMatch(r -> Double.isNaN(r.value())) ? Nnd.USER_ERROR : Nnd.FINE;
        } catch (InterruptedException e) {
            terminal.err().println("stopped; go on with --resume");
            return Nnd.INTERRUPTED;
        }
    }

    /** How many trials run at once; {@code before} is what a search was begun with, 0 if that does not matter. */
    private int atOnce(int before) {
        if (parallel > 0) {
            return parallel;
        }
        return before > 0 ? before : Math.max(1, Runtime.getRuntime().availableProcessors() / threads);
    }

    /** A trial, or a stage of it, is over. */
    private void told(TuneFiles files, List<TrialRunner.Result> done, TrialRunner.Result result) {
        done.removeIf(r -> r.trial().number() == result.trial().number());
        done.add(result);
        files.write(List.copyOf(done));
        terminal.out()
                .println(result.trial().folder() + "  " + result.trial().text() + "  "
                        + (result.problem().isEmpty() ? TextProgress.number(result.value()) : result.problem()));
        terminal.out().flush();
    }

    private static long length(TuneSection section, Trial any) {
        try (var program = section.program(any, 1)) {
            var settings = program.settings();
            return settings.epochs().orElseGet(() -> settings.steps().orElse(1));
        }
    }
}
