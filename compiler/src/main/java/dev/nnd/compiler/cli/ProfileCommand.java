package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.compiler.cli.profile.ProfileChart;
import dev.nnd.compiler.cli.profile.ProfileJson;
import dev.nnd.compiler.cli.profile.ProfileReport;
import dev.nnd.compiler.cli.profile.ProfileTable;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.profile.Ceiling;
import dev.nnd.runtime.profile.OpTime;
import dev.nnd.runtime.train.StepProfile;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nnd profile}. */
@Command(
        name = "profile",
        description = "Shows where the time of a training step, or of a model's prediction, goes.",
        mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private RunOptions run = new RunOptions();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description =
                    "a model's prediction on random numbers instead of a train section's step; --dims gives its sizes")
    private @Nullable String model;

    @Option(
            names = "--dims",
            paramLabel = "NAME=SIZE",
            split = ",",
            description = "with --model: sizes of its free dims, such as N=8,T=128 (default: 1 each)")
    private Map<String, Integer> dims = new LinkedHashMap<>();

    @Option(names = "--batch", paramLabel = "N", description = "another batch size")
    private @Nullable Integer batch;

    @Option(names = "--precision", paramLabel = "P", description = "with --model: f32, bf16 or int8 (default: f32)")
    private Precision precision = Precision.F32;

    @Option(names = "--runs", paramLabel = "N", description = "how many are measured (default: ${DEFAULT-VALUE})")
    private int runs = 30;

    @Option(names = "--warmup", paramLabel = "N", description = "how many go before (default: ${DEFAULT-VALUE})")
    private int warmup = 20;

    @Option(names = "--top", paramLabel = "N", description = "how many ops are listed (default: ${DEFAULT-VALUE})")
    private int top = 25;

    @Option(names = "--chart", paramLabel = "FILE", description = "writes a picture, too: an .svg file")
    private @Nullable Path chart;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "writes all ops for other programs, too: one JSON object, numbers of one run")
    private @Nullable Path json;

    ProfileCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        positive("--runs", runs);
        positive("--top", top);
        if (warmup < 0) {
            throw new NndException("--warmup needs a number of at least 0, not " + warmup + ".");
        }
        Optional<ProfileReport> report = model == null ? step() : prediction(model);
        if (report.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        terminal.out().print(ProfileTable.write(report.get(), top));
        if (chart != null) {
            write(chart, ProfileChart.write(report.get()));
        }
        if (json != null) {
            write(json, ProfileJson.write(report.get()));
        }
        return Nnd.FINE;
    }

    private static void positive(String option, int value) {
        if (value < 1) {
            throw new NndException(option + " needs a number of at least 1, not " + value + ".");
        }
    }

    private static void write(Path file, String text) {
        try {
            AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new NndException(file + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    private Optional<ProfileReport> step() {
        if (!dims.isEmpty()) {
            throw new NndException("--dims gives the sizes of a model's free dims: name the model with --model.");
        }
        if (precision != Precision.F32) {
            throw new NndException("--precision is for --model; a train section says its own: `precision bf16`.");
        }
        Optional<TrainSection> section = TrainSection.timed(terminal, run.file, run.name());
        if (section.isEmpty()) {
            return Optional.empty();
        }
        int threads = run.threads();
        TrainingOptions options = TrainingOptions.of(run.data).withThreads(threads);
        if (batch != null) {
            positive("--batch", batch);
            options = options.withBatch(batch);
        }
        Precision computed =
                section.get().train().run().precision() == TypedTrain.Precision.BF16 ? Precision.BF16 : Precision.F32;
        try (TrainingProgram program = section.get().program(threads, Map.of())) {
            StepProfile profile = StepProfile.of(program, options, warmup, runs);
            return Optional.of(report(
                    program.name(),
                    profile.batch(),
                    profile.arenaBytes(),
                    List.of(
                            new ProfileReport.Part("data", profile.dataNanos()),
                            new ProfileReport.Part("forward and backward", profile.computeNanos()),
                            new ProfileReport.Part("optimizer", profile.updateNanos())),
                    profile.loaderNanos(),
                    profile.ops(),
                    provider(computed)));
        }
    }

    private Optional<ProfileReport> prediction(String name) {
        if (batch != null) {
            throw new NndException("--batch is for a train section; with --model, --dims gives all sizes.");
        }
        Optional<ProfiledModel> loaded = ProfiledModel.load(terminal, run.file, name, dims, provider(precision));
        if (loaded.isEmpty()) {
            return Optional.empty();
        }
        try (ProfiledModel ready = loaded.get()) {
            ProfiledModel.Times times = ready.run(warmup, runs);
            return Optional.of(report(
                    ready.title(),
                    0,
                    ready.arenaBytes(),
                    List.of(new ProfileReport.Part("prediction", times.nanos())),
                    0,
                    times.ops(),
                    provider(precision)));
        }
    }

    private Provider provider(Precision wanted) {
        return Provider.best(run.threads()).with(wanted);
    }

    private ProfileReport report(
            String title,
            int examples,
            long arenaBytes,
            List<ProfileReport.Part> parts,
            long loaderNanos,
            List<OpTime> ops,
            Provider provider) {
        return new ProfileReport(
                title,
                runs,
                examples,
                provider.threads(),
                provider.name() + " in " + provider.numbers(),
                arenaBytes,
                parts,
                loaderNanos,
                ops,
                Ceiling.measure(provider));
    }
}
