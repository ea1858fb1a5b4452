package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.generate.Generation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nnd generate}. */
@Command(
        name = "generate",
        description = "Continues a text or a list of tokens with a decoder, token by token.",
        mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private TrainedWeights trained = new TrainedWeights();

    @Option(names = "--model", paramLabel = "NAME", description = "which model, if there are several")
    private String model = "";

    @Option(names = "--prompt", paramLabel = "TEXT", description = "a text to continue; several are a batch")
    private List<String> texts = List.of();

    @Option(
            names = "--tokens",
            paramLabel = "1,2,3",
            description = "tokens to continue, for models without a vocabulary of texts; several are a batch")
    private List<String> numbers = List.of();

    @Option(names = "--count", paramLabel = "N", description = "continues each prompt so many times (default: 1)")
    private int count = 1;

    GenerateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        checkOptions();
        return trained.file != null ? withWeights(trained.file) : withRun();
    }

    private void checkOptions() {
        trained.requireOne();
        if (texts.isEmpty() == numbers.isEmpty()) {
            throw new NndException(
                    texts.isEmpty() ? "There is nothing to continue." : "Both --prompt and --tokens are given.",
                    "give --prompt \"a text\", or --tokens 1,2,3",
                    null);
        }
        if (count < 1) {
            throw new NndException("--count is at least 1, got " + count + ".");
        }
        if (trained.file != null && !Files.isRegularFile(trained.file)) {
            throw new NndException("There is no file " + trained.file + ".");
        }
    }

    private int withWeights(Path file) {
        if (!texts.isEmpty()) {
            throw new NndException(
                    "A file of weights has no vocabulary to make tokens of a text.",
                    "give --tokens 1,2,3, or --run with the directory of a training run",
                    null);
        }
        Optional<Decoders> decoders = Decoders.compile(terminal, run.file);
        if (decoders.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        CompiledFile.Model chosen = decoders.get().choose(model);
        try (var net = decoders.get().load(chosen, file, precision.provider(run.threads()))) {
            generate(net, null);
        }
        return Nnd.FINE;
    }

    private int withRun() {
        Optional<TrainSection> section = TrainSection.load(terminal, run.file, run.name());
        if (section.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        var decoders = new Decoders(
                run.file, section.get().training().models(), section.get().loader());
        CompiledFile.Model chosen = decoders.choose(model);
        String name = section.get().train().name();
        RunDirectoryWeights found = RunDirectoryWeights.of(section.get(), chosen, trained.run(name));
        try (var program = section.get().program(run.threads(), Map.of());
                var net = decoders.load(chosen, found.file(), precision.provider(run.threads()))) {
            found.directory().loadData(program.data());
            generate(net, texts.isEmpty() ? null : PromptText.of(program.data()));
        }
        return Nnd.FINE;
    }

    private void generate(LoadedDecoder net, @Nullable PromptText text) {
        var prompts = new ArrayList<int[]>();
        texts.forEach(t -> prompts.add(text == null ? new int[0] : text.tokens(t)));
        numbers.forEach(t -> prompts.add(SamplingOptions.tokens("--tokens", t)));
        var all = new int[prompts.size() * count][];
        for (int i = 0; i < all.length; i++) {
            all[i] = prompts.get(i / count);
        }
        Generation how = sampling.generation(text, count > 1);
        var output = new GeneratedOutput(terminal, text, all.length == 1, all);
        output.end(net.generate(all, how, output), net.context());
    }
}
