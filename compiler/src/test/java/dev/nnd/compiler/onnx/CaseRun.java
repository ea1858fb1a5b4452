package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One case on its way: imported, checked, compiled, run, compared. The stage that fails names the reason. */
final class CaseRun {

    private static final Compiler COMPILER = new Compiler();

    private CaseRun() {}

    /** How far a case came. */
    record Outcome(boolean passed, String stage, String reason) {
        static Outcome failed(String stage, String reason) {
            return new Outcome(false, stage, reason.replaceAll("\\s+", " "));
        }
    }

    /** Imports a case; inputs that decide shapes become constants, as a user would give them. */
    static Imported imported(OnnxCase one) throws IOException {
        byte[] bytes = one.bytes();
        Map<String, TensorData> values = new HashMap<>();
        List<String> inputs = inputs(bytes);
        Map<String, Long> dims = Map.of();
        while (true) {
            try {
                return OnnxImport.read(bytes, new OnnxImport.Options("Case", "", ExternalData.NONE, values, dims));
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
                    dims.put(shape.getDim(i).getDimParam(), one.inputs().get(place).dims().get(i));
                }
            }
        }
        return dims;
    }

    static Outcome run(OnnxCase one) throws IOException {
        Imported imported;
        try {
            imported = imported(one);
        } catch (OnnxProblem problem) {
            return Outcome.failed("import", problem.message());
        } catch (RuntimeException bug) {
            return Outcome.failed("bug", bug + " at " + bug.getStackTrace()[0]);
        }
        List<Diagnostic> found =
                COMPILER.check(CompilerRun.of(new SourceFile("case.nnd", imported.text())));
        for (Diagnostic diagnostic : found) {
            if (diagnostic.severity() == Severity.ERROR) {
                return Outcome.failed("check", diagnostic.code() + " " + diagnostic.message());
            }
        }
        return new Outcome(true, "check", "");
    }
}
