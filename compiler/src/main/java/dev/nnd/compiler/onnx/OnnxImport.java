package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;

/** Turns an ONNX model into a text of the language and its weights. */
public final class OnnxImport {

    /**
     * What may be said beside the model.
     *
     * @param model the name that the model gets, with a capital
     * @param packageName empty for none
     * @param external how to read tensors that lie in other files
     * @param values inputs of the graph that become constants
     * @param dims sizes for the free dims of the file, by their name
     */
    public record Options(
            String model,
            String packageName,
            ExternalData external,
            Map<String, TensorData> values,
            Map<String, Long> dims) {

        /** Nothing but a name. */
        public static Options named(String model) {
            return new Options(model, "", ExternalData.NONE, Map.of(), Map.of());
        }

        /** The same with constants for inputs. */
        public Options withValues(Map<String, TensorData> other) {
            return new Options(model, packageName, external, other, dims);
        }
    }

    /** The domain of operators that are layers of the library; importers of other formats use them. */
    public static final String LIBRARY = "dev.nnd";

    /** So many free sizes of a file may turn out to be others; each is a new beginning. */
    private static final int MOST_EQUATIONS = 16;

    private final Options options;
    private final ModelProto model;
    private final Body body = new Body();
    private final Set<String> freeDims = new HashSet<>();
    private final Map<String, Dim> solved;

    private OnnxImport(ModelProto model, Options options, Map<String, Dim> solved) {
        this.model = model;
        this.options = options;
        this.solved = solved;
    }

    /**
     * Reads a model.
     *
     * @throws OnnxProblem if it is broken, or has what cannot be expressed
     */
    public static Imported read(byte[] bytes, Options options) {
        return read(OnnxReader.read(bytes), options);
    }

    /**
     * Reads a model that another importer put together.
     *
     * @throws OnnxProblem if it has what cannot be expressed
     */
    public static Imported read(ModelProto model, Options options) {
        Map<String, Dim> solved = new LinkedHashMap<>();
        while (true) {
            try {
                return new OnnxImport(model, options, solved).imported();
            } catch (OnnxProblem problem) {
                OnnxProblem.Equation equal = problem.equation()
                        .filter(e -> solved.size() < MOST_EQUATIONS)
                        .orElseThrow(() -> problem);
                solved.replaceAll((name, dim) -> dim.substitute(Map.of(equal.variable(), equal.size())));
                solved.put(equal.variable(), equal.size());
            }
        }
    }

    /** A tensor in a file of its own, as test data is kept. */
    public static TensorData tensor(byte[] bytes) {
        try {
            TensorProto tensor = TensorProto.parseFrom(bytes);
            return new Tensors(ExternalData.NONE).read(tensor, tensor.getName());
        } catch (com.google.protobuf.InvalidProtocolBufferException broken) {
            throw new OnnxProblem("it is no tensor of ONNX, or it is cut off: " + broken.getMessage());
        }
    }

    /** One whole number, or several in a row. */
    public static TensorData integers(List<Long> numbers) {
        return TensorData.vector(numbers);
    }

    /** The operators that can be imported. */
    public static SortedSet<String> operators() {
        return Rules.names();
    }

    private Imported imported() {
        var opsets = new HashMap<String, Integer>();
        model.getOpsetImportList()
                .forEach(o -> opsets.put(o.getDomain().equals("ai.onnx") ? "" : o.getDomain(), (int) o.getVersion()));
        var functions = new HashMap<String, FunctionProto>();
        model.getFunctionsList().forEach(f -> functions.put(f.getDomain() + ":" + f.getName(), f));
        GraphProto graph = model.getGraph();
        GraphWalk walk = GraphWalk.of(body, new Tensors(options.external()), functions, opsets);
        List<Value.Computed> inputs = inputs(graph, walk);
        walk.run(graph);
        var outputs = new ArrayList<NndText.Output>();
        for (ValueInfoProto output : graph.getOutputList()) {
            Value value = walk.needed(output.getName());
            declared(output, value);
            outputs.add(new NndText.Output(output.getName(), value));
        }
        Imported imported = new NndText(options, body, inputs, outputs, model).imported();
        solved.forEach((name, dim) -> imported.notes().add("the free size " + name + " of the file is always " + dim));
        return imported;
    }

    private List<Value.Computed> inputs(GraphProto graph, GraphWalk walk) {
        var constants = new HashSet<String>();
        graph.getInitializerList().forEach(i -> constants.add(i.getName()));
        var inputs = new ArrayList<Value.Computed>();
        for (ValueInfoProto info : graph.getInputList()) {
            String name = info.getName();
            TensorData value = options.values().get(name);
            if (constants.contains(name) && value == null) {
                continue;
            }
            if (value != null) {
                walk.bind(name, new Value.Known(name, value, false));
                continue;
            }
            TensorType type = type(info);
            if (type.dims().stream().anyMatch(d -> d.is(0))) {
                List<Long> dims = type.dims().stream()
                        .map(d -> d.constant().orElse(1))
                        .map(Long::valueOf)
                        .toList();
                walk.bind(name, new Value.Known(name, TensorData.empty(type.dtype(), dims), false));
                continue;
            }
            var input = new Value.Computed(name, type, true);
            inputs.add(input);
            walk.bind(name, input);
        }
        for (String name : options.values().keySet()) {
            if (graph.getInputList().stream().noneMatch(i -> i.getName().equals(name))) {
                throw new OnnxProblem("the graph has no input `" + OnnxReader.shown(name) + "` to give a value");
            }
        }
        return inputs;
    }

    private TensorType type(ValueInfoProto info) {
        String named = "input `" + OnnxReader.shown(info.getName()) + "`";
        TypeProto declared = info.getType();
        // An optional input is one that is always given.
        TypeProto type = declared.hasOptionalType() ? declared.getOptionalType().getElemType() : declared;
        if (!type.hasTensorType()) {
            throw new OnnxProblem(named + " is no tensor; sequences, maps and optionals are not supported as inputs");
        }
        int number = type.getTensorType().getElemType();
        DType dtype = Tensors.dtype(number)
                .orElseThrow(() -> new OnnxProblem(named + " is of " + Tensors.word(number)
                        + "; supported are float, double, int64, int32, int8, uint8 and bool"));
        if (!type.getTensorType().hasShape()) {
            throw new OnnxProblem(named + " has no declared number of dims, which the language needs");
        }
        var dims = new ArrayList<Dim>();
        TensorShapeProto shape = type.getTensorType().getShape();
        for (int i = 0; i < shape.getDimCount(); i++) {
            dims.add(dim(shape.getDim(i), info.getName(), i, named));
        }
        return new TensorType(dtype, dims);
    }

    private Dim dim(TensorShapeProto.Dimension dim, String input, int axis, String named) {
        if (dim.hasDimValue()) {
            if (dim.getDimValue() < 0) {
                throw new OnnxProblem(named + " has the size " + dim.getDimValue());
            }
            return Dim.of(dim.getDimValue());
        }
        String name = dim.getDimParam();
        Long given = options.dims().get(name);
        if (given != null) {
            return Dim.of(given);
        }
        String variable = name.isEmpty() ? NndNames.dim(input + "_" + axis) : NndNames.dim(name);
        freeDims.add(variable);
        body.declare(variable);
        return solved.getOrDefault(variable, Dim.variable(variable));
    }

    /** What the file says of an output must be what its nodes give, where both are numbers. */
    private static void declared(ValueInfoProto output, Value value) {
        if (value instanceof Value.Sequence
                || !output.getType().hasTensorType()
                || !output.getType().getTensorType().hasShape()) {
            return;
        }
        TensorShapeProto shape = output.getType().getTensorType().getShape();
        List<Dim> dims = value.type().dims();
        boolean fits = shape.getDimCount() == dims.size();
        for (int i = 0; fits && i < dims.size(); i++) {
            OptionalLong made = dims.get(i).constant();
            fits = !shape.getDim(i).hasDimValue()
                    || made.isEmpty()
                    || made.getAsLong() == shape.getDim(i).getDimValue();
        }
        if (!fits) {
            String declared = shape.getDimList().stream()
                    .map(d -> d.hasDimValue()
                            ? String.valueOf(d.getDimValue())
                            : d.getDimParam().isEmpty() ? "?" : d.getDimParam())
                    .toList()
                    .toString();
            throw new OnnxProblem("output `" + OnnxReader.shown(output.getName()) + "` is declared with the sizes "
                    + declared + ", its nodes give " + value.type());
        }
    }
}
