package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a graph op by op in double precision with plain loops: the reference that gradients, rewrites and kernels are
 * held to. Every value is a row-major {@code double[]}; integers are truncated to whole numbers but not to the range of
 * their dtype, bools are 0 and 1, and f32 is not rounded.
 */
public final class Evaluator {

    private final Map<String, Long> freeDims;
    private final Map<Integer, Ndarray> values = new HashMap<>();

    private Evaluator(Map<String, Long> freeDims) {
        this.freeDims = freeDims;
    }

    /**
     * Runs a graph.
     *
     * @param freeDims a size for each dim variable
     * @param inputs the elements of each input by the name of its port
     * @throws IllegalArgumentException if an input is missing or has another number of elements, a dim has no size, or
     *     an index is out of range
     */
    public static Result evaluate(Graph graph, Map<String, Long> freeDims, Map<String, double[]> inputs) {
        var evaluator = new Evaluator(freeDims);
        for (Port port : graph.inputs()) {
            evaluator.input(port, inputs);
        }
        graph.nodes().forEach(evaluator::node);
        return new Result(graph, evaluator.values);
    }

    /** What came out. */
    public static final class Result {
        private final Graph graph;
        private final Map<Integer, Ndarray> values;

        private Result(Graph graph, Map<Integer, Ndarray> values) {
            this.graph = graph;
            this.values = values;
        }

        /** The elements of any value of the graph, row-major. */
        public double[] value(Value value) {
            Ndarray array = values.get(value.id());
            if (array == null) {
                throw new IllegalArgumentException(value + " is not of the graph " + graph.name());
            }
            return array.elements().clone();
        }

        /** The elements of an output, row-major. */
        public double[] output(Port.Role role, String name) {
            for (Port port : graph.outputs()) {
                if (port.role() == role && port.name().equals(name)) {
                    return value(port.value());
                }
            }
            throw new IllegalArgumentException("the graph " + graph.name() + " has no " + role + " " + name);
        }
    }

    private void input(Port port, Map<String, double[]> inputs) {
        double[] elements = inputs.get(port.name());
        int[] dims = dims(port.value().type());
        int expected = Ndarray.count(dims, 0, dims.length);
        if (elements == null || elements.length != expected) {
            throw new IllegalArgumentException("the input " + port.name() + " needs " + expected + " values ("
                    + port.value().type() + "), got " + (elements == null ? "none" : elements.length));
        }
        values.put(port.value().id(), new Ndarray(dims, elements.clone()));
    }

    private void node(Node node) {
        List<Ndarray> in = node.inputs().stream().map(this::array).toList();
        List<int[]> shapes = node.outputs().stream().map(v -> dims(v.type())).toList();
        List<Ndarray> out = run(node, in, shapes);
        for (int i = 0; i < out.size(); i++) {
            values.put(node.outputs().get(i).id(), out.get(i));
        }
    }

    private List<Ndarray> scan(Op.Scan op, List<Ndarray> in, List<int[]> shapes) {
        List<Ndarray> states = new ArrayList<>(in.subList(0, op.states()));
        var stacks = new ArrayList<Ndarray>();
        for (int[] shape : shapes.subList(op.states(), shapes.size())) {
            stacks.add(new Ndarray(shape, new double[Ndarray.count(shape, 0, shape.length)]));
        }
        int steps = Math.toIntExact(op.steps().evaluate(freeDims));
        for (int i = 0; i < steps; i++) {
            int step = op.reverse() ? steps - 1 - i : i;
            List<Ndarray> operands = new ArrayList<>(states);
            in.subList(op.states(), op.states() + op.sequences()).forEach(x -> operands.add(x.entry(step)));
            operands.addAll(in.subList(op.states() + op.sequences(), in.size()));
            List<Ndarray> made = call(op.body().graph(), operands);
            states = made.subList(0, op.states());
            for (int k = 0; k < stacks.size(); k++) {
                stacks.get(k).setEntry(step, made.get(op.states() + k));
            }
        }
        var results = new ArrayList<>(states);
        results.addAll(stacks);
        return results;
    }

    private List<Ndarray> call(Graph function, List<Ndarray> in) {
        var evaluator = new Evaluator(freeDims);
        for (int i = 0; i < in.size(); i++) {
            evaluator.values.put(function.inputs().get(i).value().id(), in.get(i));
        }
        function.nodes().forEach(evaluator::node);
        return function.outputs().stream().map(p -> evaluator.array(p.value())).toList();
    }

    private Ndarray array(Value value) {
        Ndarray array = values.get(value.id());
        if (array == null) {
            throw new IllegalArgumentException(value + " is used before it is made");
        }
        return array;
    }

    private int[] dims(TensorType type) {
        return sizes(type.dims());
    }

    private List<Ndarray> run(Node node, List<Ndarray> in, List<int[]> shapes) {
        int[] shape = shapes.getFirst();
        return switch (node.op()) {
            case Op.Constant o -> List.of(new Ndarray(shape, new double[] {o.value()}));
            case Op.Size o -> List.of(new Ndarray(shape, new double[] {o.dim().evaluate(freeDims)}));
            case Op.Unary o -> List.of(ElementwiseReference.unary(o.function(), in.getFirst()));
            case Op.Binary o ->
                List.of(ElementwiseReference.binary(
                        o.function(), in.get(0), in.get(1), shape, node.output().type()));
            case Op.Compare o -> List.of(ElementwiseReference.compare(o.comparison(), in.get(0), in.get(1), shape));
            case Op.Select _ -> List.of(ElementwiseReference.select(in.get(0), in.get(1), in.get(2), shape));
            case Op.Cast o -> List.of(ElementwiseReference.cast(o.to(), in.getFirst()));
            case Op.Reshape _ -> List.of(new Ndarray(shape, in.getFirst().elements()));
            case Op.Transpose o -> List.of(IndexingReference.transpose(o.permutation(), in.getFirst(), shape));
            case Op.Broadcast _ -> List.of(IndexingReference.broadcast(in.getFirst(), shape));
            case Op.Reduce o -> List.of(ReductionReference.reduce(o, in.getFirst(), shape));
            case Op.MatMul o -> List.of(ProductReference.matMul(o, in.get(0), in.get(1), shape));
            case Op.InnerProduct o -> List.of(ProductReference.innerProduct(o, in));
            case Op.InnerProductBackwardData _ ->
                List.of(ProductReference.innerProductBackwardData(in.get(0), in.get(1), shape));
            case Op.InnerProductBackwardWeights o ->
                ProductReference.innerProductBackwardWeights(o, in.get(0), in.get(1), shape);
            case Op.Convolution o -> List.of(ConvolutionReference.forward(o, in, shape));
            case Op.ConvolutionBackwardData o -> List.of(ConvolutionReference.backwardData(o, in, shape));
            case Op.ConvolutionBackwardWeights o ->
                ConvolutionReference.backwardWeights(o, in.get(0), in.get(1), shape);
            case Op.Pool o -> PoolingReference.pool(o, in.getFirst(), shape);
            case Op.PoolBackward o -> List.of(PoolingReference.backward(o, in, shape));
            case Op.BatchNorm o -> List.of(NormalizationReference.normalize(o, in));
            case Op.BatchNormTraining o -> NormalizationReference.training(o, in);
            case Op.BatchNormBackward o -> NormalizationReference.backward(o, in);
            case Op.Softmax _ -> List.of(ReductionReference.softmax(in.getFirst()));
            case Op.LogSoftmax _ -> List.of(ReductionReference.logSoftmax(in.getFirst()));
            case Op.Pick _ -> List.of(IndexingReference.pick(in.get(0), in.get(1)));
            case Op.OneHot _ -> List.of(IndexingReference.oneHot(in.getFirst(), shape));
            case Op.ArgMax _ -> List.of(IndexingReference.argMax(in.getFirst(), shape));
            case Op.SoftmaxCrossEntropy _ -> ReductionReference.softmaxCrossEntropy(in.get(0), in.get(1));
            case Op.SoftmaxCrossEntropyBackward _ ->
                List.of(ReductionReference.softmaxCrossEntropyBackward(in.get(0), in.get(1), in.get(2)));
            case Op.Indexing o -> indexing(o, in, shapes);
            case Op.Call o -> call(o.function().graph(), in);
            case Op.Scan o -> scan(o, in, shapes);
        };
    }

    private List<Ndarray> indexing(Op.Indexing op, List<Ndarray> in, List<int[]> shapes) {
        int[] shape = shapes.getFirst();
        return switch (op) {
            case Op.Iota o -> List.of(AxisReference.iota(o, shape));
            case Op.Slice o -> List.of(AxisReference.slice(in.getFirst(), sizes(o.start()), o.step(), shape));
            case Op.Pad o -> List.of(AxisReference.pad(o, sizes(o.low()), in.getFirst(), shape));
            case Op.Concat o -> List.of(AxisReference.concat(o.axis(), in, shape));
            case Op.Gather o -> List.of(AxisReference.gather(o, in.get(0), in.get(1), shape));
            case Op.Scatter o -> List.of(AxisReference.scatter(o, in.get(0), in.get(1), in.get(2), shape));
            case Op.Cumulate o -> List.of(OrderReference.cumulate(o, in.getFirst()));
            case Op.Recurrence o -> List.of(OrderReference.recurrence(o, in.get(0), in.get(1)));
            case Op.Sort o -> OrderReference.sort(o, in.getFirst(), shape);
            case Op.Random o -> List.of(RandomReference.random(o, o.stream().evaluate(freeDims), in, shape));
        };
    }

    private int[] sizes(List<Dim> dims) {
        return dims.stream()
                .mapToInt(d -> Math.toIntExact(d.evaluate(freeDims)))
                .toArray();
    }
}
