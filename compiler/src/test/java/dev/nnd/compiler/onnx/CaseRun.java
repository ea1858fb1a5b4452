package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One case on its way: imported, checked, compiled, run, compared. The stage that fails names the reason. */
final class CaseRun {

    /** As the cases were verified. */
    private static final double RELATIVE = 1e-3;

    private static final double ABSOLUTE = 1e-5;

    private static final Compiler COMPILER = new Compiler();

    private CaseRun() {}

    /** How far a case came. */
    record Outcome(boolean passed, String stage, String reason) {
        static Outcome failed(String stage, String reason) {
            return new Outcome(false, stage, reason.replaceAll("\\s+", " "));
        }
    }

    /** Imports a case; inputs that decide shapes become constants, as a user would give them. */
    static Imported imported(OnnxCase one, String name, Map<String, Long> given) throws IOException {
        byte[] bytes = one.bytes();
        Map<String, TensorData> values = new HashMap<>();
        List<String> inputs = inputs(bytes);
        Map<String, Long> dims = given;
        while (true) {
            try {
                return OnnxImport.read(bytes, new OnnxImport.Options(name, "", ExternalData.NONE, values, dims));
            } catch (OnnxProblem problem) {
                String input = problem.input().orElse("");
                int place = inputs.indexOf(input);
                if (problem.message().contains(" is free, ") && dims.isEmpty()) {
                    dims = dims(bytes, one);
                    continue;
                }
                if (place < 0 || place >= one.inputs().size() || values.containsKey(input)) {
                    throw problem;
                }
                values.put(input, one.inputs().get(place));
            }
        }
    }

    /** The inputs that test data is for: those that are no initializers. */
    static List<String> inputs(byte[] bytes) throws IOException {
        GraphProto graph = ModelProto.parseFrom(bytes).getGraph();
        List<String> constants =
                graph.getInitializerList().stream().map(t -> t.getName()).toList();
        return graph.getInputList().stream()
                .map(i -> i.getName())
                .filter(i -> !constants.contains(i))
                .toList();
    }

    /** The sizes of the test data for the free dims of the file. */
    private static Map<String, Long> dims(byte[] bytes, OnnxCase one) throws IOException {
        var dims = new HashMap<String, Long>();
        List<String> inputs = inputs(bytes);
        for (ValueInfoProto info : ModelProto.parseFrom(bytes).getGraph().getInputList()) {
            int place = inputs.indexOf(info.getName());
            var shape = info.getType().getTensorType().getShape();
            for (int i = 0; place >= 0 && i < shape.getDimCount(); i++) {
                if (shape.getDim(i).hasDimParam()) {
                    dims.put(
                            shape.getDim(i).getDimParam(),
                            one.inputs().get(place).dims().get(i));
                }
            }
        }
        return dims;
    }

    /** A case with its generated Java, or the reason why there is none. */
    record Prepared(
            OnnxCase one,
            Optional<Imported> imported,
            Optional<CompiledFile.Model> model,
            List<GeneratedFile> files,
            Optional<Outcome> failure) {

        /** The same compiled model, with other inputs. */
        Prepared with(List<TensorData> inputs) {
            return new Prepared(
                    new OnnxCase(one.name(), one.model(), inputs, List.of()), imported, model, files, failure);
        }

        static Prepared failed(OnnxCase one, Outcome outcome) {
            return new Prepared(one, Optional.empty(), Optional.empty(), List.of(), Optional.of(outcome));
        }
    }

    /** Everything up to the plan, without Java. */
    static Prepared plan(OnnxCase one, int number) throws IOException {
        return prepare(one, number, false, Map.of());
    }

    /** Everything up to Java; the model has the name {@code Case} and a number. */
    static Prepared prepare(OnnxCase one, int number) throws IOException {
        return prepare(one, number, true, Map.of());
    }

    /** The same with sizes for free dims of the file. */
    static Prepared prepare(OnnxCase one, int number, Map<String, Long> dims) throws IOException {
        return prepare(one, number, true, dims);
    }

    private static Prepared prepare(OnnxCase one, int number, boolean java, Map<String, Long> dims) throws IOException {
        Imported imported;
        try {
            imported = imported(one, "Case" + number, dims);
        } catch (OnnxProblem problem) {
            return Prepared.failed(one, Outcome.failed("import", problem.message()));
        } catch (RuntimeException bug) {
            return Prepared.failed(one, Outcome.failed("import bug", bug + " at " + bug.getStackTrace()[0]));
        }
        try {
            CompilerRun run = CompilerRun.of(new SourceFile("case" + number + ".nnd", imported.text()));
            CompileResult result = java ? COMPILER.compile(run) : COMPILER.plan(run);
            for (Diagnostic diagnostic : result.diagnostics()) {
                if (diagnostic.severity() == Severity.ERROR) {
                    String stage = diagnostic.code().equals("NND0899") ? "compile" : "check";
                    return Prepared.failed(one, Outcome.failed(stage, diagnostic.code() + " " + diagnostic.message()));
                }
            }
            CompiledFile.Model model = result.programs().getFirst().models().getFirst();
            return new Prepared(one, Optional.of(imported), Optional.of(model), result.files(), Optional.empty());
        } catch (RuntimeException | AssertionError | StackOverflowError bug) {
            return Prepared.failed(one, Outcome.failed("compile bug", bug + " at " + bug.getStackTrace()[0]));
        }
    }

    /** Runs the compiled model on the inputs and compares its outputs. */
    static Outcome run(Prepared prepared, ClassLoader loader, Path folder) {
        try {
            return compared(prepared, outputs(prepared, loader, folder));
        } catch (InvocationTargetException thrown) {
            Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
            return Outcome.failed("run", cause + " at " + cause.getStackTrace()[0]);
        } catch (ReflectiveOperationException | IOException | RuntimeException bug) {
            return Outcome.failed("run", String.valueOf(bug));
        }
    }

    /** What the compiled model gives for the inputs of the case. */
    static List<TensorData> outputs(Prepared prepared, ClassLoader loader, Path folder)
            throws ReflectiveOperationException, IOException {
        CompiledFile.Model model = prepared.model().orElseThrow();
        Imported imported = prepared.imported().orElseThrow();
        Path weights = folder.resolve("weights.safetensors");
        ImportedWeights.write(imported, weights);
        Map<String, String> accessors = ProgramEmitter.accessors(model.plan());
        Class<?> type = loader.loadClass(model.model().name());
        List<String> inputs = inputs(prepared.one().bytes());
        try (var loaded = (AutoCloseable) type.getMethod("load", Path.class).invoke(null, weights);
                var call = (AutoCloseable) call(type, loaded, model, prepared)) {
            for (Imported.Port port : imported.inputs()) {
                TensorData data = prepared.one().inputs().get(inputs.indexOf(port.name()));
                segment(call, accessors, port.nnd()).copyFrom(MemorySegment.ofBuffer(data.bytes()));
            }
            call.getClass().getMethod("run").invoke(call);
            var results = new ArrayList<TensorData>();
            for (int i = 0; i < imported.outputs().size(); i++) {
                TensorType made = model.model().block().outputs().get(i).type();
                MemorySegment bytes =
                        segment(call, accessors, imported.outputs().get(i).nnd());
                var copy = ByteBuffer.allocate((int) bytes.byteSize());
                MemorySegment.ofBuffer(copy).copyFrom(bytes);
                results.add(new TensorData(made.dtype(), dims(made, bytes.byteSize()), copy));
            }
            return results;
        } catch (ReflectiveOperationException | IOException | RuntimeException known) {
            throw known;
        } catch (Exception other) {
            throw new IOException(other);
        }
    }

    /** The sizes of an output where its type says them all; otherwise all its elements in one row. */
    private static List<Long> dims(TensorType type, long bytes) {
        boolean known = type.dims().stream().allMatch(d -> d.constant().isPresent());
        return known
                ? GraphWalk.constants(type.dims())
                : List.of(bytes / type.dtype().bytes());
    }

    private static Object call(Class<?> type, Object loaded, CompiledFile.Model model, Prepared prepared)
            throws ReflectiveOperationException, IOException {
        Map<String, Long> sizes = new HashMap<>();
        List<String> names = inputs(prepared.one().bytes());
        List<Imported.Port> ports = prepared.imported().orElseThrow().inputs();
        for (int i = 0; i < ports.size(); i++) {
            TensorData data =
                    prepared.one().inputs().get(names.indexOf(ports.get(i).name()));
            List<Dim> dims = model.model().block().inputs().get(i).type().dims();
            for (int d = 0; d < dims.size(); d++) {
                sizes.put(dims.get(d).toString(), data.dims().get(d));
            }
        }
        List<String> free = List.copyOf(model.model().freeDims());
        Method borrow = Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals("call") && m.getParameterCount() == free.size())
                .findFirst()
                .orElseThrow();
        var arguments = new Object[free.size()];
        for (int i = 0; i < arguments.length; i++) {
            long size = Objects.requireNonNull(sizes.get(free.get(i)));
            arguments[i] = borrow.getParameterTypes()[i] == int.class ? (Object) (int) size : (Object) size;
        }
        return borrow.invoke(loaded, arguments);
    }

    private static MemorySegment segment(Object call, Map<String, String> accessors, String name)
            throws ReflectiveOperationException {
        return (MemorySegment)
                call.getClass().getMethod(accessors.getOrDefault(name, name)).invoke(call);
    }

    static Outcome compared(Prepared prepared, List<TensorData> made) {
        List<TensorData> expected =
                prepared.one().outputs().stream().filter(e -> e.size() > 0).toList();
        for (int i = 0; i < Math.min(made.size(), expected.size()); i++) {
            TensorData is = made.get(i);
            TensorData wanted = expected.get(i);
            String output = "output " + i;
            boolean row = is.dims().size() == 1;
            if (is.dtype() != wanted.dtype()
                    || is.size() != wanted.size()
                    || !row && !is.dims().equals(wanted.dims())) {
                return Outcome.failed(
                        "compare",
                        output + " is " + is.dtype() + is.dims() + ", wanted " + wanted.dtype() + wanted.dims());
            }
            for (int e = 0; e < is.size(); e++) {
                if (!close(is, wanted, e)) {
                    return Outcome.failed(
                            "compare", output + " at " + e + ": " + is.number(e) + ", wanted " + wanted.number(e));
                }
            }
        }
        return new Outcome(true, "passed", "");
    }

    private static boolean close(TensorData is, TensorData wanted, int e) {
        if (!is.dtype().isFloat()) {
            return is.integer(e) == wanted.integer(e);
        }
        double a = is.number(e);
        double b = wanted.number(e);
        return Double.compare(a, b) == 0 || a == b || Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.abs(b);
    }
}
