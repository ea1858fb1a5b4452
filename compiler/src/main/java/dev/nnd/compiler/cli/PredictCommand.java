package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.data.DataShape;
import dev.nnd.compiler.emit.training.Prediction;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.ExampleRow;
import dev.nnd.runtime.data.Format;
import dev.nnd.runtime.data.Picture;
import dev.nnd.runtime.data.Row;
import dev.nnd.runtime.data.RowSet;
import dev.nnd.runtime.data.SourceSpec;
import dev.nnd.runtime.data.TableOptions;
import dev.nnd.runtime.train.RunDirectory;
import dev.nnd.runtime.train.TrainingOptions;
import java.lang.foreign.MemorySegment;
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

/** {@code nnd predict}. */
@Command(
        name = "predict",
        description = "Prints what a trained model says about the rows of a file.",
        mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {

    private static final int CHANNELS_OF_COLOUR = 3;

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

    @Option(
            names = "--input",
            paramLabel = "FILE",
            required = true,
            arity = "1..*",
            description =
                    "files in the format of the data section's source, without labels if you have none; or pictures")
    private List<Path> inputs = List.of();

    @Option(
            names = "--rows",
            paramLabel = "RANGE",
            converter = RowRange.Converter.class,
            description = "which rows, such as 7, 1-10 or 100- (default: all)")
    private RowRange rows = RowRange.ALL;

    @Option(names = "--json", description = "prints one JSON object for each row")
    private boolean json;

    PredictCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (inputs.size() == 1) {
            requireFile(inputs.getFirst());
        }
        Optional<TrainSection> section = TrainSection.load(terminal, run.file, run.name());
        if (section.isEmpty()) {
            return Nnd.USER_ERROR;
        }
        String name = section.get().train().name();
        Prediction prediction = Prediction.of(section.get().train())
                .map(section.get()::served)
                .orElseThrow(() -> new NndException("The loss of " + name
                        + " feeds its model with more than fields of the data section, so a row alone"
                        + " does not say what to predict."));
        RunDirectory trained = RunDirectory.open(directory == null ? Path.of("runs", name) : directory);
        try (var program = section.get().program(run.threads(), Map.of());
                var model = LoadedModel.load(
                        section.get(),
                        prediction,
                        section.get().train().models().size() > 1
                                ? trained.weights(prediction.model().name())
                                : trained.weights(),
                        precision.provider(run.threads()))) {
            trained.loadData(program.data());
            return predict(
                    prediction,
                    program.data(),
                    new DataShape(section.get().train().data()),
                    model);
        }
    }

    private static void requireFile(Path input) {
        if (Files.isDirectory(input)) {
            throw new NndException(input + " is a folder.", "give --input its files, such as " + input + "/*", null);
        }
        if (!Files.isRegularFile(input)) {
            throw new NndException("There is no file " + input + ".");
        }
    }

    /** One file after the other: a bad one of several is named, and the others follow. */
    private int predict(Prediction prediction, Dataset data, DataShape shape, LoadedModel model) {
        int end = Nnd.FINE;
        for (Path input : inputs) {
            boolean several = inputs.size() > 1;
            var answers = new Answers(
                    terminal.out(), json, several ? Optional.of(input) : Optional.empty(), prediction, data, shape);
            try {
                requireFile(input);
                predict(input, answers, prediction, data, shape, model);
            } catch (NndException e) {
                if (!several) {
                    throw e;
                }
                terminal.out().flush();
                terminal.error(named(input, e.getMessage()), e.help().orElse(""));
                end = Nnd.USER_ERROR;
            }
        }
        return end;
    }

    private static String named(Path input, String message) {
        return message.contains(input.toString()) ? message : input + ": " + message;
    }

    private void predict(
            Path input, Answers answers, Prediction prediction, Dataset data, DataShape shape, LoadedModel model) {
        List<Integer> fields = indices(prediction, data);
        SourceSpec like = data.sources().getFirst();
        boolean tables = !like.columns().isEmpty();
        if (PictureFile.is(input) && !tables) {
            requireRow(input, 1);
            Row row = shape.pictures()
                    ? ExampleRow.ofPicture(Picture.read(input))
                    : ExampleRow.ofPixels(pixels(input, prediction));
            for (int i = 0; i < fields.size(); i++) {
                data.encode(fields.get(i), row, model.inputs().get(i).memory(), 0);
            }
            model.run();
            answers.print(1, model.output());
            return;
        }
        Path file = input.toAbsolutePath().normalize();
        var source = new SourceSpec(
                "input",
                like.format(),
                List.of(file.getFileName().toString()),
                like.columns(),
                like.format() == Format.NPY ? oneArray(like, shape, prediction) : like.options());
        var view = new InputView(data, fields, source);
        try (var session = DataSession.open(view, file.resolveSibling(""), TrainingOptions.DEFAULT_MEMORY_BYTES)) {
            predictAll(input, view, session.split(source.name()).orElseThrow(), model, answers);
        }
    }

    /** An array has no name of its own: it is the one column that the model reads. */
    private static TableOptions oneArray(SourceSpec like, DataShape shape, Prediction prediction) {
        List<String> read = shape.columns(prediction.inputs());
        if (read.size() != 1) {
            throw new NndException(
                    "The model reads the arrays " + String.join(", ", read) + ", and one file holds one array.",
                    "give a data section an archive instead: `npz(\"file.npz\")`",
                    null);
        }
        TableOptions usual = like.options();
        return new TableOptions("", read, "", "", usual.encoding(), List.of(), 0);
    }

    /** What is asked for begins in the file. */
    private void requireRow(Path input, long size) {
        if (rows.first() > size) {
            throw new NndException(input + " has " + size + (size == 1 ? " row" : " rows") + "; row " + rows.first()
                    + " is not among them.");
        }
    }

    private void predictAll(Path input, InputView view, RowSet all, LoadedModel model, Answers answers) {
        requireRow(input, all.size());
        List<MemorySegment> memory = model.inputSegments();
        try (var feed = BatchFeed.inOrder(view, all, 1)) {
            for (long row = 1; row <= Math.min(all.size(), rows.last()); row++) {
                feed.next();
                feed.take(memory);
                if (rows.contains(row)) {
                    model.run();
                    answers.print(row, model.output());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NndException("The prediction was interrupted.", e);
        }
    }

    private static List<Integer> indices(Prediction prediction, Dataset data) {
        var indices = new ArrayList<Integer>();
        for (TypedData.Field field : prediction.inputs()) {
            for (int i = 0; i < data.fields().size(); i++) {
                if (data.fields().get(i).name().equals(field.name())) {
                    indices.add(i);
                }
            }
        }
        return indices;
    }

    private static float[] pixels(Path input, Prediction prediction) {
        DataExpr.Images images = prediction.inputs().stream()
                .flatMap(f -> images(f.value()).stream())
                .findFirst()
                .orElseThrow(() -> new NndException("No input of the model is made of the source's images."));
        long elements = images.type().elements().constant().orElseThrow();
        int rank = images.type().rank();
        boolean flat = rank < 2;
        int channels = flat ? (elements % CHANNELS_OF_COLOUR == 0 ? CHANNELS_OF_COLOUR : 1) : 0;
        int height = flat
                ? (int) Math.round(Math.sqrt((double) elements / channels))
                : (int) images.type().dim(-2).constant().orElseThrow();
        int width = flat ? height : (int) images.type().dim(-1).constant().orElseThrow();
        return PictureFile.read(input, flat ? channels : (int) (elements / height / width), height, width);
    }

    /** The pixels that a field is made of. */
    private static Optional<DataExpr.Images> images(DataExpr expression) {
        return expression instanceof DataExpr.Images i
                ? Optional.of(i)
                : expression.operands().stream()
                        .flatMap(o -> images(o).stream())
                        .findFirst();
    }
}
