package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.SizedModel;
import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.onnx.export.OnnxExport;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.program.WeightShapes;
import dev.nnd.runtime.weights.Entry;
import dev.nnd.runtime.weights.Safetensors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd export}. */
@Command(name = "export", description = "Writes a model with its weights as ONNX.", mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

    /** What a protobuf message may have. */
    private static final long LARGEST = Integer.MAX_VALUE - (1L << 20);

    private final Terminal terminal;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = ".nnd files, or folders for all .nnd files below them")
    private List<Path> paths = List.of();

    @Option(names = "--onnx", paramLabel = "FILE", required = true, description = "the .onnx file to write")
    private Path onnx = Path.of("");

    @Option(names = "--weights", paramLabel = "FILE", required = true, description = "the .safetensors file to read")
    private Path weights = Path.of("");

    @Option(names = "--model", paramLabel = "NAME", description = "which model, if there are several")
    private String name = "";

    @Option(
            names = "--step",
            description = "a decoder's single step, which takes the next tokens and caches of what came before")
    private boolean step;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CompileResult result = new Compiler().plan(SourceFiles.read(paths));
        int code = new Findings(terminal, false).print(result.diagnostics());
        if (code != Nnd.FINE) {
            return code;
        }
        CompiledFile.Model model = sized(model(result));
        try (var file = Safetensors.open(weights)) {
            Map<String, ByteBuffer> values = values(model, file);
            AtomicFile.write(onnx, OnnxExport.write(graph(model), values::get));
        } catch (OnnxExport.Unsupported problem) {
            throw new NndException(model.model().name() + ": " + problem.message() + ".", problem);
        } catch (IOException failed) {
            throw new NndException(onnx + " can't be written: " + failed.getMessage() + ".", failed);
        }
        terminal.out().println("wrote " + onnx + ", " + model.parameters().size() + " tensors");
        return Nnd.FINE;
    }

    private Graph graph(CompiledFile.Model model) {
        return switch (model.decoder()) {
            case CompiledFile.Decoder.Steps steps when step -> steps.graph();
            case CompiledFile.Decoder.None _ when step -> throw Decoders.none(model);
            case CompiledFile.Decoder.Steps _ -> model.graph();
            case CompiledFile.Decoder.None _ -> model.graph();
        };
    }

    private CompiledFile.Model model(CompileResult result) {
        var models = new ArrayList<CompiledFile.Model>();
        for (CompiledFile file : result.programs()) {
            file.models().stream()
                    .filter(m -> name.isEmpty() || m.model().name().equals(name))
                    .forEach(models::add);
        }
        if (models.size() != 1) {
            List<String> known = result.programs().stream()
                    .flatMap(p -> p.models().stream())
                    .map(m -> m.model().name())
                    .toList();
            throw new NndException(
                    models.isEmpty() ? "There is no such model." : "There are several models.",
                    "name one of them with --model: " + String.join(", ", known),
                    null);
        }
        return models.getFirst();
    }

    /** The model in the sizes that were learned from data, which the shapes of its weights tell. */
    private CompiledFile.Model sized(CompiledFile.Model model) {
        var variables = model.model().learnedDims();
        if (variables.isEmpty()) {
            return model;
        }
        Map<String, TensorType> types = new LinkedHashMap<>();
        model.parameters().forEach(p -> types.put(p.path(), p.type()));
        Map<String, Integer> sizes = new LinkedHashMap<>();
        try (var shapes = WeightShapes.open(weights, model.model().name())) {
            for (LearnedDims.Solution s : LearnedDims.solutions(types, variables)) {
                Map<String, Long> told = new HashMap<>();
                sizes.forEach((name, size) -> told.put(name, (long) size));
                String type = String.valueOf(types.get(s.weight()));
                sizes.put(
                        s.variable(),
                        shapes.size(
                                s.variable(),
                                s.weight(),
                                type,
                                s.axis(),
                                s.factor(),
                                s.rest().evaluate(told)));
            }
            for (String variable : variables) {
                if (!sizes.containsKey(variable)) {
                    sizes.put(variable, shapes.noted(variable));
                }
            }
        }
        return SizedModel.of(model.model(), sizes);
    }

    private Map<String, ByteBuffer> values(CompiledFile.Model model, Safetensors file) {
        var values = new HashMap<String, ByteBuffer>();
        var problems = new ArrayList<String>();
        long bytes = 0;
        for (LoweredParameter parameter : model.parameters()) {
            List<Long> dims = parameter.type().dims().stream()
                    .map(d -> d.constant().orElseThrow())
                    .map(Long::valueOf)
                    .toList();
            Entry entry = file.entries().get(parameter.path());
            if (entry == null || !entry.shape().equals(dims) || parameter.type().dtype() != DType.F32) {
                problems.add(parameter.path() + " " + parameter.type()
                        + (entry == null ? " is missing" : " has the shape " + entry.shape()));
                continue;
            }
            bytes += entry.elements() * Float.BYTES;
            if (bytes > LARGEST) {
                throw new NndException("The weights have more than 2 GB, the most that one ONNX file can hold.", null);
            }
            values.put(parameter.path(), floats(file, entry));
        }
        if (!problems.isEmpty()) {
            throw new NndException(
                    weights + " does not hold the weights of " + model.model().name() + ": "
                            + String.join(", ", problems.subList(0, Math.min(5, problems.size()))) + ".",
                    null);
        }
        return values;
    }

    private static ByteBuffer floats(Safetensors file, Entry entry) {
        var elements = MemorySegment.ofArray(new float[(int) entry.elements()]);
        file.readFloats(entry, elements);
        var little = ByteBuffer.allocate((int) entry.elements() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : (float[]) elements.heapBase().orElseThrow()) {
            little.putFloat(value);
        }
        return little.flip();
    }
}
