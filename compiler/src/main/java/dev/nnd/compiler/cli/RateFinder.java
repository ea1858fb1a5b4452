package dev.nnd.compiler.cli;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.report.CurvesPicture;
import dev.nnd.runtime.train.BadStep;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Trains some steps with a growing rate in a folder of its own, which is removed, and says which rate to begin with. */
final class RateFinder {

    private static final double LOW = 1e-7;
    private static final double HIGH = 10;
    private static final int LINES = 15;

    private final Terminal terminal;
    private final Path file;
    private final TrainSection section;
    private final int steps;
    private final RateSweep sweep;

    /** Over so many steps. */
    RateFinder(Terminal terminal, Path file, TrainSection section, int steps) {
        this.terminal = terminal;
        this.file = file;
        this.section = section;
        this.steps = steps;
        this.sweep = new RateSweep(LOW, HIGH, steps);
    }

    /** Prints a table and writes {@code find-lr.csv} and {@code find-lr.png} into a folder; no weights are kept. */
    int find(Map<String, Double> values, TrainingOptions options, Path out) {
        Expr rate = rate();
        // What it warns of, such as a setting that is used no more, is not the user's.
        var nobody = new PrintWriter(Writer.nullWriter());
        TrainSection growing = TrainSection.load(
                        Terminal.plain(nobody, nobody), file, section.train().name(), source -> edited(source, rate))
                .orElseThrow(() -> new NndException("The section can't be trained with a growing rate."));
        boolean stopped = train(growing, values, options);
        if (stopped) {
            terminal.err().println("stopped");
            return Nnd.INTERRUPTED;
        }
        print();
        write(out);
        return told(rate, out) ? Nnd.FINE : Nnd.USER_ERROR;
    }

    /** Where the section says the rate. */
    private Expr rate() {
        Decl.Train train = section.train().declaration();
        List<TrainItem.Minimize> all = train.items().stream()
                .filter(TrainItem.Minimize.class::isInstance)
                .map(TrainItem.Minimize.class::cast)
                .toList();
        if (all.size() != 1) {
            throw new NndException(
                    train.name().name()
                            + " has several `minimize` statements, each with a rate of its own, so one sweep does not tell them apart.",
                    "try rates with a tune section",
                    null);
        }
        Expr.Call optimizer = (Expr.Call) all.getFirst().optimizer();
        return optimizer.arguments().stream()
                .filter(a -> a.name().map(n -> n.name().equals("lr")).orElse(true))
                .findFirst()
                .orElseThrow(() -> new NndException(
                        "The optimizer of " + train.name().name() + " says no rate, so there is none to vary.",
                        "say one, such as `adam(lr: 1e-3)`",
                        null))
                .value();
    }

    /** The source with the growing rate, and nothing on the way that would stop or judge the run. */
    private SourceFile edited(SourceFile source, Expr rate) {
        Decl.Train train = section.train().declaration();
        if (!source.equals(train.span().file())) {
            return source;
        }
        var edits =
                new TreeMap<Span, String>(Comparator.comparingInt(Span::start).reversed());
        edits.put(
                rate.span(),
                String.format(Locale.ROOT, "exponential(%s, factor: %s, every: 1 steps)", LOW, sweep.factor()));
        for (TrainItem item : train.items()) {
            switch (item) {
                case TrainItem.Setting s
                when s.name().name().matches("epochs|steps") ->
                    edits.put(s.span(), "steps " + (steps + 1) + " validate every " + (steps + 1) + " steps");
                case TrainItem.Setting s when s.name().name().equals("ema") -> edits.put(s.span(), "");
                case TrainItem.Keep k -> edits.put(k.span(), "");
                case TrainItem.StopEarly s -> edits.put(s.span(), "");
                case TrainItem.Checkpoint k -> edits.put(k.span(), "");
                case TrainItem.Validate v -> edits.put(v.span(), "");
                case TrainItem other -> {}
            }
        }
        var text = new StringBuilder(source.text());
        edits.forEach((span, written) -> text.replace(span.start(), span.end(), written));
        return new SourceFile(source.name(), text.toString());
    }

    /** Takes the loss of each batch, and notes if the run ends since one is not finite. */
    private final class Losses implements ProgressListener {
        private boolean over;
        private boolean diverged;

        @Override
        public Optional<String> explain(BadStep step) {
            diverged = true;
            return Optional.empty();
        }

        @Override
        public void batch(TrainingProgress progress) {
            if (!sweep.add(progress.batchLoss()) || sweep.steps() == steps) {
                over = true;
                Thread.currentThread().interrupt();
            }
        }
    }

    /** True if somebody stopped it. */
    private boolean train(TrainSection growing, Map<String, Double> values, TrainingOptions options) {
        var losses = new Losses();
        try {
            Path scratch = Files.createTempDirectory("nnd-find-lr");
            try (var program = growing.program(options.threads(), values);
                    var stop = new StopSignal()) {
                stop.listen();
                Trainer.train(program, options.withOut(scratch), losses);
                return Thread.interrupted() && !losses.over;
            } catch (NndException e) {
                if (sweep.steps() == 0 || !losses.diverged) {
                    throw e;
                }
                return false;
            } finally {
                remove(scratch);
            }
        } catch (IOException e) {
            throw new NndException("A folder for the search can't be made: " + e.getMessage() + ".", e);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path one : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    private void print() {
        var table = new TextTable().line("lr", "loss", "smoothed");
        int every = Math.max(1, sweep.steps() / LINES);
        for (int i = 0; i < sweep.steps(); i += every) {
            table.line(
                    written(sweep.rate(i)), TextProgress.number(sweep.loss(i)), TextProgress.number(sweep.smoothed(i)));
        }
        table.print(terminal.out());
    }

    private void write(Path out) {
        var csv = new StringBuilder("lr,loss,smoothed\n");
        int n = sweep.steps();
        for (int i = 0; i < n; i++) {
            csv.append(sweep.rate(i))
                    .append(',')
                    .append(sweep.loss(i))
                    .append(',')
                    .append(sweep.smoothed(i));
            csv.append('\n');
        }
        double[] rates = IntStream.range(0, n)
                .mapToDouble(i -> Math.log10(sweep.rate(i)))
                .toArray();
        double[] losses = IntStream.range(0, n).mapToDouble(sweep::loss).toArray();
        double[] smoothed = IntStream.range(0, n).mapToDouble(sweep::smoothed).toArray();
        try {
            Files.createDirectories(out);
            AtomicFile.write(out.resolve("find-lr.csv"), csv.toString().getBytes(StandardCharsets.UTF_8));
            AtomicFile.write(
                    out.resolve("find-lr.png"),
                    CurvesPicture.of("loss", "log10 of lr", rates, Map.of("each batch", losses, "smoothed", smoothed)));
        } catch (IOException e) {
            throw new NndException("The folder " + out + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    /** What to do with it; false if there is nothing to say. */
    private boolean told(Expr rate, Path out) {
        PrintWriter to = terminal.out();
        OptionalInt steepest = sweep.steepest();
        OptionalInt lowest = sweep.lowest();
        if (steepest.isEmpty() || lowest.isEmpty()) {
            terminal.error(
                    "the loss falls at no rate from " + written(LOW) + " to " + written(HIGH),
                    "look at the data and the loss; the curve is in " + out.resolve("find-lr.png"));
            return false;
        }
        String found = written(sweep.rate(steepest.getAsInt()));
        Span span = rate.span();
        to.println("The loss falls fastest at a rate of " + found + " and is least at "
                + written(sweep.rate(lowest.getAsInt()))
                + (sweep.steps() < steps ? "; from " + written(sweep.rate(sweep.steps())) + " on it diverges" : "")
                + ".");
        boolean setting =
                section.train().settings().stream().anyMatch(s -> s.name().equals(span.text()));
        boolean schedule = rate instanceof Expr.Call;
        to.println("Begin with " + found + ": "
                + (setting
                        ? "`--set " + span.text() + "=" + found + "`, or as the default of `" + span.text() + "` in "
                        : schedule
                                ? "as the first number of `" + span.text() + "` in "
                                : "in place of `" + span.text() + "` in ")
                + file + ":" + line(span) + ". The curve is in " + out.resolve("find-lr.png") + ".");
        return true;
    }

    private static long line(Span span) {
        return span.file().text().substring(0, span.start()).lines().count();
    }

    /** Two digits are as good as a sweep tells. */
    private static String written(double rate) {
        return String.format(Locale.ROOT, "%.1e", rate)
                .replace(".0e", "e")
                .replaceFirst("e([-+])0", "e$1")
                .replace("e+0", "")
                .replace("e+", "e");
    }
}
