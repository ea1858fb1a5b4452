package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.RunDirectory;
import dev.nnd.runtime.train.RunRecord;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code nnd train}. */
@Command(name = "train", description = "Trains what a train section describes.", mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private RunOptions run = new RunOptions();

    @Option(names = "--out", paramLabel = "DIR", description = "the run directory (default: runs/<train section>)")
    private @Nullable Path out;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "another value for a float parameter of the section, or for epochs, steps, batch or seed")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "another seed; the same seed and threads give the same weights")
    private @Nullable Long seed;

    @Option(
            names = "--fold",
            paramLabel = "K",
            description = "of data that is split into folds only the run that is validated on fold K, from 1")
    private @Nullable Integer fold;

    @Option(names = "--resume", description = "goes on where the run in the run directory ended")
    private boolean resume;

    @Option(
            names = "--live",
            arity = "0..1",
            fallbackValue = "0",
            paramLabel = "[HOST:]PORT",
            description =
                    "shows the report in the browser while training; on this machine only, unless a host is given")
    private @Nullable String live;

    @Option(
            names = "--find-lr",
            arity = "0..1",
            fallbackValue = "100",
            paramLabel = "STEPS",
            description = "looks for a learning rate in that many steps (100) and keeps no weights")
    private int findRate;

    @Option(names = "--json", description = "prints progress as JSON, one object a line")
    private boolean json;

    TrainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Optional<TrainSection> section = TrainSection.load(terminal, run.file, run.name());
        if (section.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        Overrides overrides = Overrides.of(section.get().train(), settings);
        TrainingOptions options = overrides.apply(
                TrainingOptions.of(run.data).withThreads(run.threads()).withResume(resume));
        if (out != null) {
            options = options.withOut(out);
        }
        if (seed != null) {
            options = options.withSeed(seed);
        }
        if (findRate != 0) {
            return find(section.get(), overrides, options);
        }
        int folds = section.get().folds();
        if (fold != null) {
            options = options.withFold(fold);
            return trained(section.get(), overrides, folds > 0 ? inFold(options, section.get(), fold) : options);
        }
        return folds == 0
                ? trained(section.get(), overrides, options)
                : allFolds(section.get(), overrides, options, folds);
    }

    private int find(TrainSection section, Overrides overrides, TrainingOptions options) {
        if (findRate < 20 || findRate > 100_000) {
            throw new NndException("--find-lr takes from 20 to 100,000 steps, got " + findRate + ".");
        }
        Path directory =
                options.out().orElseGet(() -> Path.of("runs", section.train().name() + "-find-lr"));
        return new RateFinder(terminal, run.file, section, findRate).find(overrides.values(), options, directory);
    }

    private static TrainingOptions inFold(TrainingOptions options, TrainSection section, int fold) {
        Path all = directory(options, section);
        return options.withFold(fold).withOut(FoldResults.folder(all, fold));
    }

    private static Path directory(TrainingOptions options, TrainSection section) {
        return options.out().orElseGet(() -> Path.of("runs", section.train().name()));
    }

    /** A run for each fold, one after the other; those that are done are not done again with {@code --resume}. */
    private int allFolds(TrainSection section, Overrides overrides, TrainingOptions options, int folds) {
        var results = new FoldResults();
        for (int k = 1; k <= folds; k++) {
            TrainingOptions one = inFold(options, section, k);
            Path directory = one.out().orElseThrow();
            Optional<RunRecord> record = resume ? RunRecord.of(directory) : Optional.empty();
            if (record.filter(r -> r.state() == RunRecord.State.FINISHED).isEmpty()) {
                if (!json) {
                    terminal.out().println("fold " + k + " of " + folds);
                    terminal.out().flush();
                }
                int code = trained(section, overrides, one.withResume(resume && (k == 1 || record.isPresent())));
                if (code != Nnd.FINE) {
                    return code;
                }
            }
            results.add(RunRecord.of(directory).orElseThrow().metrics());
        }
        results.write(directory(options, section));
        if (json) {
            terminal.out().println(results.json());
        } else {
            results.print(terminal);
        }
        return Nnd.FINE;
    }

    private int trained(TrainSection section, Overrides overrides, TrainingOptions options) {
        var progress = json ? new JsonProgress(terminal.out()) : new TextProgress(terminal, System::nanoTime);
        try (var program = section.program(options.threads(), overrides.values());
                var stop = new StopSignal();
                var _ = shown(options, program.name())) {
            stop.listen();
            return ended(Trainer.train(program, options, told(progress, section, options.threads())));
        }
    }

    private static ProgressListener told(ProgressListener progress, TrainSection section, int threads) {
        var explained = new ExplainedProgress(progress, section.training());
        return section.drawing()
                .<ProgressListener>map(d -> new DrawingProgress(explained, section, d, threads, System::nanoTime))
                .orElse(explained);
    }

    private @Nullable LiveReport shown(TrainingOptions options, String name) {
        if (live == null) {
            return null;
        }
        var report = LiveReport.of(options.out().orElseGet(() -> Path.of("runs", name)), live);
        terminal.err().println("the report is at " + report.address() + " until training ends");
        terminal.err().flush();
        return report;
    }

    private int ended(TrainingRun result) {
        if (result.interrupted()) {
            terminal.err()
                    .println("stopped; the weights so far are in "
                            + result.directory().resolve("last") + ". Go on with: nnd " + resumingWords());
            return Nnd.INTERRUPTED;
        }
        if (!json) {
            String metrics = result.best().metrics().entrySet().stream()
                    .map(m -> "  " + m.getKey() + " " + TextProgress.number(m.getValue()))
                    .collect(Collectors.joining());
            terminal.out().println("best: epoch " + result.best().epoch() + metrics);
            terminal.out()
                    .println("trained in " + TextProgress.clock(result.seconds()) + "; the best weights are in "
                            + result.bestDirectory() + pictures(result.directory()));
        }
        return Nnd.FINE;
    }

    private static String pictures(Path directory) {
        Path drawn = directory.resolve(RunDirectory.PICTURES);
        return Files.isDirectory(drawn) ? ", pictures on the way in " + drawn : "";
    }

    /** The words that this command was called with, and {@code --resume}. */
    private String resumingWords() {
        var words = new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        if (!words.contains("--resume")) {
            words.add("--resume");
        }
        return words.stream()
                .map(word -> word.matches("[\\w./:=,+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
