package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.training.Drawing;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.RunDirectory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nnd draw}. */
@Command(
        name = "draw",
        description = "Writes pictures that a trained generator makes of random numbers, as one PNG file.",
        mixinStandardHelpOptions = true)
final class DrawCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "the run directory, or its folder best or last (default: runs/<train section>)")
    private @Nullable Path directory;

    @Option(names = "--count", paramLabel = "N", description = "how many pictures (default: ${DEFAULT-VALUE})")
    private int count = 64;

    @Option(names = "--seed", paramLabel = "N", description = "another seed gives other pictures (default: 0)")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE", description = "the file to write (default: ${DEFAULT-VALUE})")
    private Path out = Path.of("pictures.png");

    DrawCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (count < 1 || count > PictureGrid.MOST) {
            throw new NndException(
                    "--count is from 1 to " + TextProgress.grouped(PictureGrid.MOST) + ", not " + count + ".");
        }
        if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw new NndException("--out names a PNG file, and " + out + " does not end in .png.");
        }
        Optional<TrainSection> section = TrainSection.load(terminal, run.file, run.name());
        if (section.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        String train = section.get().train().name();
        Drawing drawing = section.get().drawing().orElseThrow(() -> drawsNothing(train));
        RunDirectory trained = RunDirectory.open(directory == null ? Path.of("runs", train) : directory);
        boolean several = section.get().train().models().size() > 1;
        Path weights = several ? trained.weights(drawing.model().name()) : trained.weights();
        Pictures.draw(section.get(), drawing, weights, count, seed, precision.provider(run.threads()), out);
        terminal.out()
                .println(count + (count == 1 ? " picture" : " pictures") + " of "
                        + drawing.model().name() + ", epoch " + trained.epoch() + ": " + out);
        return Nnd.FINE;
    }

    private static NndException drawsNothing(String train) {
        return new NndException(
                "No model of " + train
                        + " draws pictures: none is fed with random numbers alone (`normal[batch, 100]`), or"
                        + " with these and a label, and gives f32[N, 1, H, W] or f32[N, 3, H, W].",
                "for what a model says about a picture there is `nnd predict`",
                null);
    }
}
