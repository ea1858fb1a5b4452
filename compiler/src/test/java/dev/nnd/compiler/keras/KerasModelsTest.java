package dev.nnd.compiler.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.compiler.onnx.Imported;
import dev.nnd.compiler.onnx.OnnxImport;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.weights.Encoding;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that Keras wrote, imported, compiled to Java and run: the outputs are those that Keras computed. */
class KerasModelsTest {

    private static final double TOLERANCE = 1e-4;

    @TempDir
    private static Path folder = Path.of("");

    private static final Map<String, Imported> IMPORTED = new HashMap<>();

    private static final Map<String, CompiledFile.Model> MODELS = new HashMap<>();

    private static ClassLoader loader = KerasModelsTest.class.getClassLoader();

    static Stream<String> cases() throws IOException {
        return KerasCases.names().stream();
    }

    /** All at once: the Java compiler starts slowly. */
    @BeforeAll
    static void compile() throws IOException {
        var files = new ArrayList<dev.nnd.compiler.emit.GeneratedFile>();
        for (String name : KerasCases.names()) {
            Imported imported =
                    KerasImport.read(() -> KerasCases.keras(name), OnnxImport.Options.named("Keras_" + name));
            CompileResult result =
                    new Compiler().compile(CompilerRun.of(new SourceFile(name + ".nnd", imported.text())));
            assertTrue(result.ok(), () -> name + ": " + result.diagnostics() + "\n" + imported.text());
            IMPORTED.put(name, imported);
            MODELS.put(name, result.programs().getFirst().models().getFirst());
            files.addAll(result.files());
        }
        loader = InMemoryJava.compile(files, System.getProperty("java.class.path"))
                .loader(loader);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void computesWhatKerasComputed(String name) throws Exception {
        Imported imported = Objects.requireNonNull(IMPORTED.get(name));
        CompiledFile.Model model = Objects.requireNonNull(MODELS.get(name));
        Map<String, KerasCases.Array> inputs = KerasCases.arrays(name, 'x');
        Map<String, KerasCases.Array> outputs = KerasCases.arrays(name, 'y');
        Path weights = folder.resolve(name + ".safetensors");
        write(imported, weights);
        Class<?> type = loader.loadClass(model.model().name());
        Map<String, String> accessors = ProgramEmitter.accessors(model.plan());
        try (var loaded = (AutoCloseable) type.getMethod("load", Path.class).invoke(null, weights);
                var call = (AutoCloseable) call(type, loaded, model, List.copyOf(inputs.values()))) {
            int next = 0;
            for (KerasCases.Array input : inputs.values()) {
                Imported.Port port = imported.inputs().get(next);
                fill(
                        segment(call, accessors, port.nnd()),
                        input.numbers(),
                        model.model().block().inputs().get(next).type().dtype());
                next++;
            }
            call.getClass().getMethod("run").invoke(call);
            assertEquals(outputs.size(), imported.outputs().size());
            next = 0;
            for (KerasCases.Array wanted : outputs.values()) {
                String port = imported.outputs().get(next).nnd();
                compare(
                        name + " " + port,
                        wanted.numbers(),
                        segment(call, accessors, port).toArray(ValueLayout.JAVA_FLOAT));
                next++;
            }
        }
    }

    private static void compare(String what, float[] wanted, float[] made) {
        assertEquals(wanted.length, made.length, what);
        for (int i = 0; i < wanted.length; i++) {
            double allowed = TOLERANCE * Math.max(1, Math.abs(wanted[i]));
            assertEquals(wanted[i], made[i], allowed, what + " at " + i);
        }
    }

    private static void fill(MemorySegment into, float[] numbers, DType dtype) {
        assertEquals(into.byteSize(), 4L * numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            if (dtype == DType.I32) {
                into.setAtIndex(ValueLayout.JAVA_INT, i, (int) numbers[i]);
            } else {
                into.setAtIndex(ValueLayout.JAVA_FLOAT, i, numbers[i]);
            }
        }
    }

    private static Object call(Class<?> type, Object loaded, CompiledFile.Model model, List<KerasCases.Array> inputs)
            throws ReflectiveOperationException {
        var sizes = new HashMap<String, Long>();
        for (int i = 0; i < inputs.size(); i++) {
            List<Dim> dims = model.model().block().inputs().get(i).type().dims();
            for (int d = 0; d < dims.size(); d++) {
                sizes.put(dims.get(d).toString(), inputs.get(i).dims().get(d));
            }
        }
        List<String> free = List.copyOf(model.model().freeDims());
        Method borrow = Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals("call") && m.getParameterCount() == free.size())
                .findFirst()
                .orElseThrow();
        var arguments = new Object[free.size()];
        for (int i = 0; i < arguments.length; i++) {
            long size = sizes.getOrDefault(free.get(i), -1L);
            arguments[i] = borrow.getParameterTypes()[i] == int.class ? (Object) (int) size : (Object) size;
        }
        return borrow.invoke(loaded, arguments);
    }

    private static MemorySegment segment(Object call, Map<String, String> accessors, String name)
            throws ReflectiveOperationException {
        return (MemorySegment)
                call.getClass().getMethod(accessors.getOrDefault(name, name)).invoke(call);
    }

    private static void write(Imported imported, Path file) {
        var writer = new SafetensorsWriter();
        imported.weights()
                .forEach((name, data) -> writer.addLittleEndian(
                        name,
                        Encoding.valueOf(data.dtype().name()),
                        data.dims().stream().mapToLong(Long::longValue).toArray(),
                        data.bytes()));
        writer.write(file);
    }

    /** The archive, the old form and the bare weights hold the same. */
    @ParameterizedTest
    @MethodSource("cases")
    void allFormsHoldTheSame(String name) {
        var options = OnnxImport.Options.named("Keras_" + name);
        Imported archive = Objects.requireNonNull(IMPORTED.get(name));
        Imported old = KerasImport.read(() -> KerasCases.h5(name), options);
        assertEquals(archive.text(), old.text());
        assertEquals(archive.weights(), old.weights());
        if (archive.weights().isEmpty()) {
            return;
        }
        Map<String, ?> alone = KerasImport.weights(() -> KerasCases.keras(name)).weights();
        assertEquals(alone, KerasImport.weights(() -> KerasCases.h5(name)).weights());
        ByteBuffer bare = ByteBuffer.wrap(KerasCases.weights(name));
        if (Set.of("normal", "residual").contains(name)) {
            // Some layers have a scale and no center, or the other way round.
            KerasProblem problem =
                    assertThrows(KerasProblem.class, () -> KerasImport.weights(() -> KerasFile.h5(bare)));
            assertTrue(
                    problem.message().contains("it is not known which of scale, center is missing"), problem::message);
        } else {
            assertEquals(alone, KerasImport.weights(() -> KerasFile.h5(bare)).weights());
        }
    }

    /** Files in the form of Keras 2, which h5py laid out from the same models. */
    @ParameterizedTest
    @ValueSource(strings = {"residual", "attention", "separable", "recurrent"})
    void readsTheFormOfKeras2(String name) {
        Imported old =
                KerasImport.read(() -> KerasCases.h5("keras2_" + name), OnnxImport.Options.named("Keras_" + name));
        Imported archive = Objects.requireNonNull(IMPORTED.get(name));
        assertEquals(archive.weights(), old.weights());
        boolean gate = name.equals("recurrent");
        assertEquals(gate, !archive.text().replace("Keras 3", "Keras 2").equals(old.text()), old.text());
        // Its hard_sigmoid is another one.
        assertEquals(gate, old.text().contains("0.2 "), old.text());
    }
}
