package dev.nnd.compiler.onnx.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The nodes written so far, the names of values, and the sizes of free dims while the model runs. */
final class ExportNodes {

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Map<Value, String> names = new HashMap<>();
    private final Set<String> used;
    private final Map<String, String> freeDims;
    private final Map<Dim, String> dims;

    ExportNodes(String name) {
        this(name, new HashSet<>(), new HashMap<>(), new HashMap<>());
    }

    private ExportNodes(String name, Set<String> used, Map<String, String> freeDims, Map<Dim, String> dims) {
        graph.setName(name);
        this.used = used;
        this.freeDims = freeDims;
        this.dims = dims;
    }

    /** The nodes of a graph inside this one; it sees sizes that are known here, and all names stay different. */
    ExportNodes inner(String name) {
        return new ExportNodes(name, used, freeDims, new HashMap<>(dims));
    }

    GraphProto.Builder graph() {
        return graph;
    }

    String unique(String hint) {
        String name = hint;
        for (int i = 2; !used.add(name); i++) {
            name = hint + "_" + i;
        }
        return name;
    }

    void name(Value value, String name) {
        used.add(name);
        names.put(value, name);
    }

    String of(Value value) {
        String name = names.get(value);
        if (name == null) {
            throw new IllegalStateException("no node makes " + value);
        }
        return name;
    }

    /** A name for what a node of the graph makes. */
    String result(Value value) {
        String name = unique(value.name());
        names.put(value, name);
        return name;
    }

    /** Another name for a value that is the same. */
    void alias(Value value, String name) {
        names.put(value, name);
    }

    /** Free dims that stand alone in the type of an input are read from it. */
    void sizes(String input, TensorType type) {
        for (int i = 0; i < type.rank(); i++) {
            Dim dim = type.dim(i);
            if (dim.variables().size() == 1) {
                String variable = dim.variables().iterator().next();
                if (dim.equals(Dim.variable(variable)) && !freeDims.containsKey(variable)) {
                    String shape = unique(variable + "_size");
                    graph.addNode(NodeProto.newBuilder()
                            .setOpType("Shape")
                            .addInput(input)
                            .addOutput(shape)
                            .addAttribute(integer("start", i))
                            .addAttribute(integer("end", i + 1L)));
                    freeDims.put(variable, shape);
                }
            }
        }
    }

    // Nodes.

    String node(String op, String output, String... inputs) {
        return node(op, output, List.of(), inputs);
    }

    String node(String op, String output, List<AttributeProto> attributes, String... inputs) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(op)
                .setName(output)
                .addAllInput(Arrays.asList(inputs))
                .addOutput(output)
                .addAllAttribute(attributes));
        return output;
    }

    /** A node whose result has no value of its own. */
    String step(String op, String... inputs) {
        return node(op, unique(op.toLowerCase(java.util.Locale.ROOT)), inputs);
    }

    String step(String op, List<AttributeProto> attributes, String... inputs) {
        return node(op, unique(op.toLowerCase(java.util.Locale.ROOT)), attributes, inputs);
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto integers(String name, List<? extends Number> values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        values.forEach(v -> attribute.addInts(v.longValue()));
        return attribute.build();
    }

    static AttributeProto number(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    static AttributeProto word(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(com.google.protobuf.ByteString.copyFromUtf8(value))
                .build();
    }

    // Constants.

    /** A scalar. */
    String scalar(double value, DType dtype) {
        return constant(List.of(), List.of(value), dtype);
    }

    /** A list of i64. */
    String list(List<Long> values) {
        return constant(
                List.of((long) values.size()),
                values.stream().map(Long::doubleValue).toList(),
                DType.I64);
    }

    String constant(List<Long> shape, List<Double> values, DType dtype) {
        var tensor =
                TensorProto.newBuilder().setDataType(OnnxExport.number(dtype)).addAllDims(shape);
        for (double value : values) {
            switch (dtype) {
                case F32 -> tensor.addFloatData((float) value);
                case F64 -> tensor.addDoubleData(value);
                case I64 -> tensor.addInt64Data((long) value);
                case I32, I8, U8, BOOL -> tensor.addInt32Data((int) value);
                case F16, BF16 ->
                    throw new OnnxExport.Unsupported("constants of " + dtype + " have no form in ONNX yet");
            }
        }
        String name = unique("constant");
        graph.addInitializer(tensor.setName(name));
        return name;
    }

    // Sizes.

    /** Sizes as a list of i64: a constant, or computed from the inputs' shapes. */
    String sizes(List<Dim> sizes) {
        if (sizes.stream().allMatch(d -> d.constant().isPresent())) {
            return list(sizes.stream().map(d -> d.constant().orElseThrow()).toList());
        }
        var parts = new ArrayList<String>();
        sizes.forEach(d -> parts.add(size(d)));
        return parts.size() == 1
                ? parts.getFirst()
                : step("Concat", List.of(integer("axis", 0)), parts.toArray(String[]::new));
    }

    /** One size as a list with one number. */
    String size(Dim dim) {
        if (dim.constant().isPresent()) {
            return list(List.of(dim.constant().getAsLong()));
        }
        String known = dims.get(dim);
        if (known == null) {
            known = computed(dim);
            dims.put(dim, known);
        }
        return known;
    }

    private String computed(Dim dim) {
        String sum = "";
        for (Dim.Term term : dim.terms()) {
            String product =
                    term.coefficient() == 1 && !term.factors().isEmpty() ? "" : list(List.of(term.coefficient()));
            for (Dim.Factor factor : term.factors()) {
                String atom = atom(factor.atom());
                for (int i = 0; i < factor.power(); i++) {
                    product = product.isEmpty() ? atom : step("Mul", product, atom);
                }
            }
            sum = sum.isEmpty() ? product : step("Add", sum, product);
        }
        return sum;
    }

    private String atom(Dim.Atom atom) {
        return switch (atom) {
            case Dim.Variable v -> {
                String shape = freeDims.get(v.name());
                if (shape == null) {
                    throw new OnnxExport.Unsupported("the free dim " + v.name() + " stands alone in no input");
                }
                yield shape;
            }
            case Dim.FloorDivision d -> step("Div", size(d.numerator()), size(d.denominator()));
            case Dim.Minimum m -> step("Min", size(m.left()), size(m.right()));
            case Dim.Maximum m -> step("Max", size(m.left()), size(m.right()));
        };
    }
}
