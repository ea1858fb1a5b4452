package dev.nnd.compiler.emit.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.data.DataEmitter;
import dev.nnd.compiler.emit.kernel.UpdateKernel;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingEmitterTest {

    private static final UpdateKernel UPDATE =
            new UpdateKernel("ToysKernels", "sgdUpdate", List.of("p", "g"), List.of("lr"));

    @TempDir
    Path folder;

    @Test
    void trainsAndPredictsInTheUnitsOfTheColumn() throws Exception {
        Class<?> training = load(Sections.columns()).loadClass("toys.FitPoints");
        var points = new StringBuilder("x,y\n");
        for (int x = 0; x < 40; x++) {
            points.append(x).append(',').append(3 * x - 7).append('\n');
        }
        Files.writeString(folder.resolve("points.csv"), points);
        Object builder = training.getMethod("builder").invoke(null);
        call(builder, "data", Path.class, folder);
        call(builder, "out", Path.class, folder.resolve("run"));
        call(builder, "data2", float.class, 0.2f);
        call(builder, "seed", long.class, 5L);
        Object made = builder.getClass().getMethod("build").invoke(builder);
        var run =
                assertInstanceOf(TrainingRun.class, training.getMethod("train").invoke(made));
        assertEquals(60, run.epochs().size());
        assertEquals(Map.of("data", 0.2), run.settings().values());

        try (var predictor =
                (AutoCloseable) training.getMethod("load", Path.class).invoke(null, folder.resolve("run"))) {
            Class<?> input = training.getClassLoader().loadClass("toys.FitPoints$Input");
            Object example = input.getConstructor(float.class).newInstance(50f);
            Object answer = predictor.getClass().getMethod("predict", input).invoke(predictor, example);
            float value = (float) answer.getClass().getMethod("value").invoke(answer);
            assertEquals(3 * 50 - 7, value, 0.01);
        }
    }

    @Test
    void answersWithALabel() throws Exception {
        ClassLoader classes = load(Sections.images());
        assertEquals(
                "[toys.Digits$Label label, double probability, float[] probabilities]",
                List.of(classes.loadClass("toys.DigitsTraining$Answer").getRecordComponents())
                        .toString());
        Class<?> predictor = classes.loadClass("toys.DigitsTraining$Predictor");
        assertEquals(
                "toys.DigitsTraining$Answer",
                predictor
                        .getMethod("predict", classes.loadClass("toys.Digits$Example"))
                        .getReturnType()
                        .getName());
    }

    @Test
    void factoryRefusesUnknownSettings() throws Exception {
        var factory = (TrainingFactory) load(Sections.columns())
                .loadClass("toys.FitPointsFactory")
                .getDeclaredConstructor()
                .newInstance();
        var refused = assertThrows(NndException.class, () -> factory.create(1, Map.of("rate", 1.0)));
        assertEquals("FitPoints has no setting `rate`; it has data", refused.getMessage());
        try (var program = factory.create(1, Map.of("data", 0.5))) {
            assertEquals(0.5, program.settings().values().get("data"));
            assertEquals(List.of(), program.optimizerState());
        }
    }

    private static void call(Object builder, String name, Class<?> type, Object value)
            throws ReflectiveOperationException {
        builder.getClass().getMethod(name, type).invoke(builder, value);
    }

    private static ClassLoader load(TypedTrain train) {
        var files = new ArrayList<GeneratedFile>(TrainingEmitter.emit(
                train,
                new SectionCode(
                        "NetWeights",
                        List.of(new StatementCode(
                                "",
                                "loss",
                                train.name() + "Step",
                                List.of(),
                                List.of(new StatementCode.Update(
                                        UPDATE,
                                        train.minimize().getFirst().optimizer().arguments(),
                                        List.of())))),
                        List.of(),
                        Map.of("net", Map.of("in", "in", "out", "out")),
                        Map.of("net", train.models().getFirst().model()),
                        new LinkedHashMap<>(),
                        List.of())));
        files.add(DataEmitter.emit(train.data()));
        files.addAll(HandWritten.files(train.name()));
        return InMemoryJava.compile(files, System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(TrainingEmitterTest.class.getClassLoader());
    }
}
