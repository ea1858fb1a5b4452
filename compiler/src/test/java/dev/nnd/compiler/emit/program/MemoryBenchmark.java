package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.BatchProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory of a training step of ResNet-50 on images of 224 by 224, planned against measured, with residual blocks that are kept
 * and that are checkpoints. Each in a process of its own; measured is how much its resident memory grows at most, by
 * Linux's count, from before the step is bound, when a step of one example has placed the weights and loaded all code.
 * Prints one line for each; {@code nnd.batch} is 16 unless it is given.
 */
@Tag("benchmark")
class MemoryBenchmark {

    private static final String NET = """
            import zoo.resnet.ResNetLayers

            model Net {
              input image: f32[N, 3, 224, 224]
              output logits: f32[N, 1000] = image -> ResNetLayers([3, 4, 6, 3], bottleneck: true)
            }

            data Images {
              source train = idx("images", "labels")
              field image: f32[3, 224, 224] = images / 255
              field label: class[1000] = labels
            }

            train Training {
              model net = Net()
              data  Images
              minimize cross_entropy(net(image), label) using sgd(lr: 0.1, momentum: 0.9)
              epochs 1
              batch  16
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {"keep", "checkpoint"})
    void resNet50(String mode) throws Exception {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Step.class.getName(),
                mode,
                System.getProperty("nnd.batch", "16"),
                System.getProperty("nnd.threads", "1")));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, process.waitFor());
    }

    /** The process that is measured. */
    static final class Step {

        private static final int STEPS = 5;

        private Step() {}

        public static void main(String[] arguments) throws Exception {
            GeneratedProject project = project(arguments[0].equals("checkpoint"));
            int n = Integer.parseInt(arguments[1]);
            Provider provider = Provider.named("best", Integer.parseInt(arguments[2]));
            Logger binding = Logger.getLogger("dev.nnd.runtime.program.Binding");
            var handler = new ConsoleHandler();
            handler.setLevel(Level.ALL);
            binding.setLevel(Level.ALL);
            binding.addHandler(handler);
            binding.setUseParentHandlers(false);
            Object net = StepRig.make(project.load("NetWeights"));
            try (var parameters = (ParameterSet) StepRig.call(net, "parameters")) {
                parameters.enableGradients();
                parameters.initialize(1);
                measure(arguments[0], project, provider, net, n);
            }
        }

        private static GeneratedProject project(boolean checkpoint) throws Exception {
            String zoo = Files.readString(Path.of("..", "examples", "zoo", "resnet.nnd"));
            String blocks = checkpoint ? zoo.replace("block Bottleneck", "checkpoint block Bottleneck") : zoo;
            return new GeneratedProject(
                    new SourceFile("net.nnd", NET), List.of(new SourceFile("resnet.nnd", blocks)), _ -> List.of());
        }

        private static void measure(String mode, GeneratedProject project, Provider provider, Object net, int n)
                throws Exception {
            Class<?> step = project.load("TrainingStep");
            try (var program = (BatchProgram) StepRig.make(step, provider, net, 1)) {
                program.run();
            }
            System.gc();
            // From here on the high-water mark counts anew.
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
            long before = kilobytes("VmRSS");
            try (var program = (BatchProgram) StepRig.make(step, provider, net, n)) {
                StepRig.fill(program, new Random(1));
                var times = new double[STEPS];
                for (int i = 0; i < STEPS; i++) {
                    long start = System.nanoTime();
                    program.random(1, i);
                    program.run();
                    times[i] = (System.nanoTime() - start) / 1e6;
                }
                Arrays.sort(times);
                double planned = program.arenaBytes() / 1e6;
                double measured = (kilobytes("VmHWM") - before) * 1024 / 1e6;
                System.out.printf(
                        Locale.ROOT,
                        "ResNet-50, batch %d, %s: planned %.1f MB, measured %.1f MB (%+.1f%%), process %.1f MB, %.0f ms"
                                + " a step%n",
                        n,
                        mode,
                        planned,
                        measured,
                        100 * (measured - planned) / planned,
                        kilobytes("VmHWM") * 1024 / 1e6,
                        times[STEPS / 2]);
            }
        }

        private static long kilobytes(String name) throws Exception {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(l -> l.startsWith(name + ":"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
