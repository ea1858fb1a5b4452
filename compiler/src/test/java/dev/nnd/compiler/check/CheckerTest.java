package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What the typed program holds. */
class CheckerTest {

    private static final String LENET = """
        model LeNet(classes: int = 10) {
          input image: f32[N, 3, 32, 32]
          output logits: f32[N, classes] = image
            -> Conv2d(6, kernel: 5) -> relu -> MaxPool2d(2)
            -> Conv2d(16, kernel: 5) -> relu -> MaxPool2d(2)
            -> flatten -> Dense(120) -> relu -> Dense(84) -> relu -> Dense(classes)
        }
        """;

    private static TypedModel model(String text) {
        Checked checked = Checks.check(text);
        assertEquals("", Checks.render(checked.diagnostics()));
        return checked.program().models().getFirst();
    }

    private static List<String> layers(TypedModel model) {
        return model.block().layers().stream().map(TypedBlock.Layer::name).toList();
    }

    @Test
    void instancesAreNamedAfterTheirBlocks() {
        TypedModel lenet = model(LENET);
        assertEquals(
                List.of("conv2d", "max_pool2d", "conv2d_2", "max_pool2d_2", "dense", "dense_2", "dense_3"),
                layers(lenet));
        assertEquals(Set.of("N"), lenet.freeDims());
        assertEquals("f32[N, 10]", lenet.block().outputs().getFirst().type().toString());
    }

    @Test
    void weightsHaveTheShapesAndInitializersOfPyTorch() {
        TypedBlock conv = model(LENET).block().layer("conv2d_2").block();
        assertEquals(
                List.of("weight f32[16, 6, 5, 5]", "bias f32[16]"),
                conv.params().stream().map(p -> p.name() + " " + p.type()).toList());
        conv.params().forEach(p -> assertEquals(new Initializer.FanUniform(Dim.of(150), 1), p.initializer()));
        TypedBlock dense = model(LENET).block().layer("dense").block();
        assertEquals("f32[120, 400]", dense.params().getFirst().type().toString());
        assertEquals(
                new Initializer.FanUniform(Dim.of(400), 1),
                dense.params().get(1).initializer());
    }

    @Test
    void equalUsesShareOneBlock() {
        TypedModel net = model("""
            model Net {
              input x: f32[N, 8]
              output y = x -> Dense(8) * 3 -> Dense(8) -> Dense(8, bias: false)
            }
            """);
        assertEquals(List.of("dense.0", "dense.1", "dense.2", "dense_2", "dense_3"), layers(net));
        assertSame(
                net.block().layer("dense.0").block(),
                net.block().layer("dense_2").block());
        assertEquals(
                2,
                net.block().layers().stream()
                        .map(l -> l.block().params().size())
                        .distinct()
                        .count());
    }

    @Test
    void loopsAppendTheirIndices() {
        TypedModel net = model("""
            model Net(depths: [int] = [1, 2]) {
              input x: f32[N, 8]
              var h = x
              for stage in 0..2 {
                for i in 0..depths[stage] {
                  h = h -> Dense(8) as layer -> relu -> Dense(8)
                }
              }
              output y = h -> Dense(8)
            }
            """);
        assertEquals(
                List.of("layer.0.0", "dense.0.0", "layer.1.0", "dense.1.0", "layer.1.1", "dense.1.1", "dense_2"),
                layers(net));
    }

    @Test
    void aSharedLayerHasOneSetOfWeightsAndABlockPerShape() {
        TypedModel net = model("""
            model Net {
              input a: f32[N, 8]
              input b: f32[N, T, 8]
              layer head = Dense(4)
              output u = head(a)
              output v = head(b)
            }
            """);
        assertEquals(List.of("head"), layers(net));
        List<String> results = net.block().body().stream()
                .filter(b -> b instanceof TypedBlock.Binding.Call)
                .map(b -> ((TypedBlock.Binding.Call) b)
                        .block()
                        .outputs()
                        .getFirst()
                        .type()
                        .toString())
                .toList();
        assertEquals(List.of("f32[N, 4]", "f32[N, T, 4]"), results);
    }

    @Test
    void aThousandLayersAreCheckedOnce() {
        TypedModel net = model("""
            block Layer {
              input x: f32[N, D]
              output x + (x -> LayerNorm() -> Dense(2 * D) -> gelu -> Dense(D))
            }

            model Deep {
              input x: f32[N, 16]
              output y = x -> Layer() * 1000
            }
            """);
        assertEquals(1000, net.block().layers().size());
        assertEquals(
                1,
                net.block().layers().stream()
                        .map(l -> System.identityHashCode(l.block()))
                        .distinct()
                        .count());
    }

    @Test
    void trainingHasItsSettingsOptimizerAndMetrics() {
        Checked checked = Checks.check(LENET + """
            data Cifar {
              source train = cifar("data_batch_*.bin")
              source test = cifar("test_batch.bin")
              split train into train 90%, validation 10% seed 3
              field image: f32[3, 32, 32] = images / 255 -> normalize(mean: 0.5, std: [0.2, 0.3, 0.4])
              field label: class[10] = labels
            }

            train Fit(lr: float = 0.1, size: int = 32) {
              model net = LeNet()
              data Cifar
              minimize cross_entropy(net(image), label) using sgd(lr: lr / 2, momentum: 0.9)
              epochs 3
              batch 2 * size
              metric accuracy(net(image), label), cross_entropy(net(image), label)
              keep best by validation.cross_entropy
            }
            """);
        assertEquals("", Checks.render(checked.diagnostics()));
        TypedTrain fit = checked.program().trains().getFirst();
        assertEquals(64, fit.run().batch());
        assertEquals(3, fit.run().epochs().orElseThrow());
        TypedTrain.Keep keep = fit.run().keep().orElseThrow();
        assertEquals("validation.cross_entropy", keep.split() + "." + keep.metric());
        assertEquals(1, keep.count());
        assertTrue(!keep.higherIsBetter());
        assertEquals(
                List.of("accuracy", "cross_entropy"),
                fit.metrics().stream().map(TypedTrain.Metric::name).toList());
        assertEquals(
                List.of(true, false),
                fit.metrics().stream().map(TypedTrain.Metric::higherIsBetter).toList());
        assertEquals(
                List.of("lr"),
                fit.settings().stream().map(TypedTrain.Setting::name).toList());
        OptimizerSpec optimizer = fit.minimize().getFirst().optimizer();
        assertEquals(OptimizerSpec.Kind.SGD, optimizer.kind());
        assertEquals(
                Set.of("lr", "momentum", "dampening", "nesterov", "weight_decay"),
                optimizer.arguments().keySet());
        assertTrue(optimizer.arguments().get("lr") instanceof OptimizerSpec.ScalarExpr.Binary);
        assertSame(
                checked.program().models().getFirst().block(),
                fit.models().getFirst().model().block());
        assertTrue(fit.data().field("image").orElseThrow().value() instanceof DataExpr.Normalize);
    }

    @Test
    void importedBlocksAreCheckedWhereTheyAreUsed() {
        String head = """
            package parts

            block Head(out: int) {
              input x: f32[N, D]
              require D > out, "the head widens from {D} to {out}"
              output x -> Dense(out)
            }
            """;
        String net = """
            import parts.Head

            model Net {
              input x: f32[N, 4]
              output y = x -> Head(5)
            }
            """;
        Checked checked = Checks.check(new SourceFile("net.nnd", net), Map.of("parts/head.nnd", head));
        Diagnostic found = checked.diagnostics().getFirst();
        assertEquals("NND0313", found.code());
        assertEquals("the head widens from 4 to 5", found.message());
        assertEquals("Head(5)", found.span().text());
        assertEquals("parts/head.nnd", found.labels().getFirst().span().file().name());
        String narrow = net.replace("Head(5)", "Head(3)");
        assertEquals(
                List.of(),
                Checks.check(new SourceFile("net.nnd", narrow), Map.of("parts/head.nnd", head))
                        .diagnostics());
    }

    @Test
    void aFixLeadsToAProgramWithoutThatError() {
        String text = """
            model Net {
              input x: f32[N, 4]
              output y: f32[N, 3] = x -> dense(8) -> Dense(2)
            }
            """;
        String once = applyFirstFix(text);
        String twice = applyFirstFix(once);
        assertEquals(List.of(), Checks.codes(twice), twice);
        assertTrue(twice.contains("output y: f32[N, 2] = x -> Dense(8)"), twice);
    }

    private static String applyFirstFix(String text) {
        return new Compiler()
                .check(CompilerRun.of(new SourceFile("case.nnd", text)))
                .getFirst()
                .fix()
                .orElseThrow()
                .applied();
    }

    @Test
    void brokenTextIsCheckedWithoutAnException() {
        for (int end = 0; end < LENET.length(); end += 3) {
            Checks.check(LENET.substring(0, end));
            Checks.check(LENET.substring(end));
        }
    }

    @Test
    void everyItemOfTheLibraryIsDocumentedAndChecked() {
        Checks.LIBRARY.files().forEach(file -> {
            assertTrue(!file.doc().isEmpty(), file.source().name());
            file.declarations()
                    .forEach(d -> assertTrue(d.doc().contains("f32"), d.name().name()));
        });
        for (var file : Checks.LIBRARY.files()) {
            Checked checked = new Checker(Checks.LIBRARY).check(file, Sources.NONE);
            List<String> errors = checked.diagnostics().stream()
                    .filter(d -> !d.code().equals("NND0110"))
                    .map(d -> d.code() + " " + d.message())
                    .toList();
            assertEquals(List.of(), errors, file.source().name());
        }
    }

    @Test
    void designProgramsGiveNoDiagnostic() throws IOException {
        Path folder = Path.of("../../shared/design/programs");
        Assumptions.assumeTrue(Files.isDirectory(folder), "the design programs are not here");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> programs =
                    files.filter(f -> f.toString().endsWith(".nnd")).sorted().toList();
            assertEquals(9, programs.size());
            Map<String, String> all = new TreeMap<>();
            for (Path file : programs) {
                all.put(file.toString(), Files.readString(file));
            }
            all.forEach((name, text) -> assertEquals(
                    "",
                    Checks.render(Checks.check(new SourceFile(name, text), all).diagnostics()),
                    name));
        }
    }
}
