package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trained networks from elsewhere, imported and run as Java on real data. */
class OnnxModelsTest {

    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};
    private static final int PIXELS = 32 * 32;

    @TempDir
    private Path folder;

    private Path data = Path.of("");

    @BeforeEach
    void shared() {
        data = OnnxCase.shared();
        assumeTrue(Files.isDirectory(data), "there is no folder ../shared/data with the models");
    }

    /** A generated model with its weights, called by the names of the text. */
    private static final class Net implements AutoCloseable {
        private final AutoCloseable model;
        private final AutoCloseable call;
        private final Map<String, String> accessors;
        private final Imported imported;

        Net(Path file, Path folder, Object... sizes) throws IOException, ReflectiveOperationException {
            this(Provider.best(1), file, folder, sizes);
        }

        Net(Provider provider, Path file, Path folder, Object... sizes)
                throws IOException, ReflectiveOperationException {
            imported = OnnxImport.read(Files.readAllBytes(file), OnnxImport.Options.named("Net"));
            var result = new Compiler().compile(CompilerRun.of(new SourceFile("net.nnd", imported.text())));
            assertTrue(result.ok(), result.diagnostics().toString());
            CompiledFile.Model compiled = result.programs().getFirst().models().getFirst();
            accessors = ProgramEmitter.accessors(compiled.plan());
            Path weights = folder.resolve("net.safetensors");
            ImportedWeights.write(imported, weights);
            Class<?> type = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"))
                    .loader(OnnxModelsTest.class.getClassLoader())
                    .loadClass("Net");
            model = (AutoCloseable)
                    type.getMethod("load", Path.class, Provider.class).invoke(null, weights, provider);
            Method borrow = Arrays.stream(type.getMethods())
                    .filter(m -> m.getName().equals("call"))
                    .findFirst()
                    .orElseThrow();
            call = (AutoCloseable) borrow.invoke(model, sizes);
        }

        private MemorySegment segment(String name) throws ReflectiveOperationException {
            return (MemorySegment)
                    call.getClass().getMethod(accessors.get(name)).invoke(call);
        }

        MemorySegment input(int index) throws ReflectiveOperationException {
            return segment(imported.inputs().get(index).nnd());
        }

        float[] output(int index) throws ReflectiveOperationException {
            return segment(imported.outputs().get(index).nnd()).toArray(ValueLayout.JAVA_FLOAT);
        }

        void run() throws ReflectiveOperationException {
            try {
                call.getClass().getMethod("run").invoke(call);
            } catch (InvocationTargetException thrown) {
                throw new AssertionError(thrown.getCause());
            }
        }

        @Override
        public void close() throws IOException {
            try {
                call.close();
                model.close();
            } catch (Exception failed) {
                throw new IOException(failed);
            }
        }
    }

    private static void fill(MemorySegment into, float[] values) {
        MemorySegment.copy(values, 0, into, ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    private static int best(float[] scores, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            best = scores[from + i] > scores[from + best] ? i : best;
        }
        return best;
    }

    @Test
    void digitsAreReadAsOnnxRuntimeReadsThem() throws IOException, ReflectiveOperationException {
        byte[] images = unpacked(data.resolve("mnist/t10k-images-idx3-ubyte.gz"), 16);
        byte[] labels = unpacked(data.resolve("mnist/t10k-labels-idx1-ubyte.gz"), 8);
        List<String> predictions = Files.readAllLines(data.resolve("models/mnist-cntk/t10k_predictions.txt"));
        int right = 0;
        int same = 0;
        try (var net = new Net(data.resolve("models/mnist-cntk/model.onnx"), folder)) {
            var pixels = new float[784];
            for (int i = 0; i < 10_000; i++) {
                for (int p = 0; p < 784; p++) {
                    pixels[p] = images[i * 784 + p] & 0xff;
                }
                fill(net.input(0), pixels);
                net.run();
                int digit = best(net.output(0), 0, 10);
                right += digit == labels[i] ? 1 : 0;
                same += digit == Integer.parseInt(predictions.get(i).strip()) ? 1 : 0;
            }
        }
        assertEquals(9891, right);
        assertEquals(10_000, same);
    }

    private static byte[] unpacked(Path file, int header) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(header);
            return in.readAllBytes();
        }
    }

    @Test
    void resNetGivesTheLogitsOfOnnxRuntime() throws IOException, ReflectiveOperationException {
        int n = 64;
        byte[] records = Files.readAllBytes(data.resolve("cifar10/data_batch_1.first3000.bin"));
        TensorData expected =
                OnnxImport.tensor(Files.readAllBytes(data.resolve("models/resnet20-cifar10/logits_first64.pb")));
        List<String> predictions = Files.readAllLines(data.resolve("models/resnet20-cifar10/predictions.txt"));
        try (var net = new Net(data.resolve("models/resnet20-cifar10/model.onnx"), folder, n)) {
            for (int batch = 0; batch < 8; batch++) {
                fill(net.input(0), pixels(records, batch * n, n));
                net.run();
                float[] logits = net.output(0);
                for (int i = 0; batch == 0 && i < expected.size(); i++) {
                    assertEquals(expected.number(i), logits[i], 1e-3 * Math.max(1, Math.abs(expected.number(i))));
                }
                for (int i = 0; i < n; i++) {
                    assertEquals(Integer.parseInt(predictions.get(batch * n + i).strip()), best(logits, i * 10, 10));
                }
            }
        }
    }

    /** Images {@code from} on, as the network takes them. */
    private static float[] pixels(byte[] records, int from, int n) {
        var pixels = new float[n * 3 * PIXELS];
        for (int i = 0; i < n; i++) {
            for (int p = 0; p < 3 * PIXELS; p++) {
                int channel = p / PIXELS;
                float value = (records[(from + i) * (1 + 3 * PIXELS) + 1 + p] & 0xff) / 255f;
                pixels[i * 3 * PIXELS + p] = (value - MEAN[channel]) / DEVIATION[channel];
            }
        }
        return pixels;
    }

    /** A trained network with its convolutions in eight bits names the same classes but for a few in a hundred. */
    @Test
    void resNetInEightBits() throws IOException, ReflectiveOperationException {
        var bytes = Provider.best(1).with(Precision.INT8);
        assumeTrue(bytes.precision() == Precision.INT8, "no products of bytes here");
        int n = 500;
        byte[] records = Files.readAllBytes(data.resolve("cifar10/data_batch_1.first3000.bin"));
        Path file = data.resolve("models/resnet20-cifar10/model.onnx");
        int same = 0;
        double difference = 0;
        double norm = 0;
        try (var exact = new Net(file, folder, n);
                var rounded = new Net(bytes, file, folder, n)) {
            for (var net : List.of(exact, rounded)) {
                fill(net.input(0), pixels(records, 0, n));
                net.run();
            }
            float[] expected = exact.output(0);
            float[] actual = rounded.output(0);
            for (int i = 0; i < n; i++) {
                same += best(expected, i * 10, 10) == best(actual, i * 10, 10) ? 1 : 0;
            }
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(expected[i] - actual[i], 2);
                norm += Math.pow(expected[i], 2);
            }
        }
        double error = Math.sqrt(difference / norm);
        String found = same + " of " + n + " classes, difference " + error;
        assertTrue(same >= n * 0.97, found);
        assertTrue(error > 1e-3 && error < 0.1, found);
    }

    /** Windows of 512 samples with the 64 before them; the state goes from window to window. */
    @Test
    void speechIsFoundFrameByFrame() throws IOException, ReflectiveOperationException {
        Path model = data.resolve("models/silero-vad-16k");
        ByteBuffer wave = ByteBuffer.wrap(Files.readAllBytes(model.resolve("speech_12s_16k_mono.wav")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(44);
        String[] expected = Files.readString(model.resolve("probabilities.json"))
                .replaceAll("[\\[\\]\\s]", "")
                .split(",", -1);
        var samples = new float[wave.remaining() / 2];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = wave.getShort() / 32768f;
        }
        try (var net = new Net(model.resolve("model.onnx"), folder)) {
            var window = new float[576];
            var state = new float[256];
            for (int frame = 0; frame < expected.length; frame++) {
                System.arraycopy(window, 512, window, 0, 64);
                System.arraycopy(samples, frame * 512, window, 64, 512);
                fill(net.input(0), window);
                fill(net.input(1), state);
                net.run();
                assertEquals(Double.parseDouble(expected[frame]), net.output(0)[0], 1e-3, "frame " + frame);
                state = net.output(1);
            }
        }
    }
}
