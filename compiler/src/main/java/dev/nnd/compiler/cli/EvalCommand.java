package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.Evaluation;
import dev.nnd.runtime.train.EvaluationResult;
import dev.nnd.runtime.train.RunDirectory;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingProgram;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "the run directory, or its folder best or last (default: runs/<train section>)")
    private @Nullable Path directory;

    @Option(names = "--weights", paramLabel = "FILE", description = "a safetensors file instead of a run directory")
    private @Nullable Path weights;

    @Option(names = "--split", paramLabel = "NAME", description = "the split (default: test)")
    private String split = "test";

    @Option(names = "--json", description = "prints the metrics as a JSON object")
    private boolean json;

    EvalCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (directory != null && weights != null) {
            throw new NndException("Both --run and --weights are given; one of them says where the weights are.");
        }
        Optional<TrainSection> section = TrainSection.load(terminal, run.file, run.name());
        if (section.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        int threads = run.threads();
        try (TrainingProgram program = section.get().program(threads, Map.of())) {
            if (weights != null) {
                program.parameters().load(weights);
            } else {
                RunDirectory.open(directory == null ? Path.of("runs", program.name()) : directory)
                        .load(program);
            }
            TrainingOptions options = TrainingOptions.of(run.data).withThreads(threads);
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
