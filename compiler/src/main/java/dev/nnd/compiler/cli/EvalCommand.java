package dev.nnd.compiler.cli;

import dev.nnd.runtime.train.Evaluation;
import dev.nnd.runtime.train.EvaluationResult;
import dev.nnd.runtime.train.RunDirectory;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingProgram;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nnd eval}. */
@Command(
        name = "eval",
        description = "Computes the loss and the metrics of a trained model on a split of its data.",
        mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private TrainedWeights trained = new TrainedWeights();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Option(names = "--split", paramLabel = "NAME", description = "the split (default: test)")
    private String split = "test";

    @Option(names = "--json", description = "prints the metrics as a JSON object")
    private boolean json;

    EvalCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        trained.requireOne();
        Optional<TrainSection> section = TrainSection.load(terminal, run.file, run.name());
        if (section.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        int threads = run.threads();
        try (TrainingProgram program =
                section.get().program(precision.provider(threads, section.get().precision()), Map.of())) {
            TrainingOptions options = TrainingOptions.of(run.data).withThreads(threads);
            if (trained.file != null) {
                program.parameters().load(trained.file);
            } else {
                RunDirectory directory = trained.run(program.name());
                directory.load(program);
                options = options.withFold(directory.fold());
            }
            print(Evaluation.run(program, options, split));
        }
        return Nnd.FINE;
    }

    private void print(EvaluationResult result) {
        if (json) {
            terminal.out()
                    .println("{\"kind\":\"evaluation\",\"split\":" + JsonProgress.text(result.split()) + ",\"rows\":"
                            + result.rows() + ",\"seconds\":" + result.seconds() + ",\"metrics\":"
                            + JsonProgress.numbers(result.metrics()) + "}");
            return;
        }
        terminal.out()
                .println(result.split() + ": " + TextProgress.grouped(result.rows()) + " examples in "
                        + TextProgress.clock(result.seconds()));
        int width = result.metrics().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        result.metrics()
                .forEach((name, value) -> terminal.out()
                        .println(name + " ".repeat(width - name.length() + 2) + TextProgress.number(value)));
    }
}
