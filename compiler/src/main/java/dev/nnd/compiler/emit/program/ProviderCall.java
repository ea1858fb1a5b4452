package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.plan.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The calls that bind ops of the kernel provider, and the constants for their windows. */
final class ProviderCall {

    private final Map<Op.Window, String> windows = new LinkedHashMap<>();
    private final JavaNames constants = new JavaNames(List.of("KERNELS"));

    /** True for an output tensor that is given to the op; the others, which come first, are made by it. */
    static boolean writesIntoGiven(Op op, int output) {
        return switch (op) {
            case Op.InnerProductBackwardWeights _, Op.ConvolutionBackwardWeights _ -> true;
            case Op.BatchNormBackward _ -> output > 0;
            default -> false;
        };
    }

    /** The windows used so far by the names of their constants. */
    Map<Op.Window, String> windows() {
        return windows;
    }

    /** {@code Window.of(3, 3).stride(2, 2).pad(1, 1)}. */
    static String windowValue(Op.Window w) {
        var text = new StringBuilder("Window.of(").append(numbers(w.kernel())).append(')');
        add(text, "stride", w.stride(), 1);
        add(text, "pad", w.padBefore(), 0);
        if (!w.padAfter().equals(w.padBefore())) {
            text.append(".padAfter(").append(numbers(w.padAfter())).append(')');
        }
        add(text, "dilation", w.dilation(), 1);
        return text.append(w.ceil() ? ".roundedUp()" : "").toString();
    }

    private static void add(StringBuilder text, String method, List<Integer> numbers, int usual) {
        if (numbers.stream().anyMatch(n -> n != usual)) {
            text.append('.').append(method).append('(').append(numbers(numbers)).append(')');
        }
    }

    private static String numbers(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /**
     * The call that binds an op.
     *
     * @param name for messages
     * @param in Java expressions of the step's inputs
     * @param out those of the outputs, for ops that write into given tensors
     */
    String call(Step.Primitive step, String name, List<String> in, List<String> out) {
        if (!(step.op() instanceof Op.Provided op)) {
            throw new IllegalArgumentException(step.op() + " is no op of a provider");
        }
        return switch (op) {
            case Op.InnerProduct o ->
                call("innerProduct", name, in.get(0), in.get(1), or(o.bias(), in, 2), flag(o.relu()));
            case Op.InnerProductBackwardData _ ->
                call("innerProductBackwardData", name, in.get(0), in.get(1), in.get(2));
            case Op.InnerProductBackwardWeights o ->
                call("innerProductBackwardWeights", name, in.get(0), in.get(1), out.get(0), or(o.bias(), out, 1));
            case Op.Convolution o
            when o.added() ->
                call(
                        "convolution",
                        name,
                        in.get(0),
                        in.get(1),
                        or(o.bias(), in, 2),
                        or(o.scaled(), in, o.scale()),
                        or(o.scaled(), in, o.scale() + 1),
                        in.getLast(),
                        window(o.window()),
                        number(o.groups()),
                        flag(o.relu()));
            case Op.Convolution o
            when o.scaled() ->
                call(
                        "convolution",
                        name,
                        in.get(0),
                        in.get(1),
                        or(o.bias(), in, 2),
                        in.get(o.scale()),
                        in.get(o.scale() + 1),
                        window(o.window()),
                        number(o.groups()),
                        flag(o.relu()));
            case Op.Convolution o ->
                call(
                        "convolution",
                        name,
                        in.get(0),
                        in.get(1),
                        or(o.bias(), in, 2),
                        window(o.window()),
                        number(o.groups()),
                        flag(o.relu()));
            case Op.ConvolutionBackwardData o
            when o.bias() ->
                call(
                        "convolutionBackwardData",
                        name,
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        in.get(3),
                        window(o.window()),
                        number(o.groups()));
            case Op.ConvolutionBackwardData o ->
                call(
                        "convolutionBackwardData",
                        name,
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        window(o.window()),
                        number(o.groups()));
            case Op.ConvolutionBackwardWeights o ->
                call(
                        "convolutionBackwardWeights",
                        name,
                        in.get(0),
                        in.get(1),
                        out.get(0),
                        or(o.bias(), out, 1),
                        window(o.window()),
                        number(o.groups()));
            case Op.Pool o ->
                call("pool", name, pooling(o.function()), in.get(0), window(o.window()), flag(o.indices()));
            case Op.PoolBackward o -> {
                boolean maximum = o.function() == Op.PoolFunction.MAXIMUM;
                yield call(
                        "poolBackward",
                        name,
                        pooling(o.function()),
                        in.get(0),
                        or(maximum, in, 1),
                        in.getLast(),
                        window(o.window()));
            }
            case Op.MatMul o ->
                o.permutes()
                        ? call("matmul", name, in.get(0), in.get(1), axes(o))
                        : call("matmul", name, in.get(0), in.get(1), flag(o.transposeLeft()), flag(o.transposeRight()));
            case Op.BatchNorm o ->
                call(
                        "batchNorm",
                        name,
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        or(o.affine(), in, 3),
                        or(o.affine(), in, 4),
                        Double.toString(o.eps()));
            case Op.BatchNormTraining o ->
                call(
                        "batchNormTraining",
                        name,
                        in.get(0),
                        or(o.affine(), in, 1),
                        or(o.affine(), in, 2),
                        Double.toString(o.eps()));
            case Op.BatchNormBackward o ->
                call(
                        "batchNormBackward",
                        name,
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        in.get(3),
                        or(o.affine(), in, 4),
                        or(o.affine(), out, 0),
                        or(o.affine(), out, 1),
                        Double.toString(o.eps()));
        };
    }

    /** {@code WINDOW_3X3}. */
    private static String name(Op.Window window) {
        return "WINDOW_" + window.kernel().stream().map(String::valueOf).collect(Collectors.joining("X"));
    }

    private String window(Op.Window window) {
        return windows.computeIfAbsent(window, _ -> constants.unique(name(window)));
    }

    private static String pooling(Op.PoolFunction function) {
        return "Pooling." + function;
    }

    private static String or(boolean there, List<String> operands, int index) {
        return there ? operands.get(index) : "null";
    }

    /** {@code MatmulAxes.of(false, true).a(0, 2, 1, 3)}. */
    private static String axes(Op.MatMul op) {
        String flags = flag(op.transposeLeft()) + ", " + flag(op.transposeRight());
        return "MatmulAxes.of(" + flags + ")" + order("a", op.leftOrder()) + order("b", op.rightOrder())
                + order("result", op.resultOrder());
    }

    private static String order(String method, List<Integer> order) {
        return order.isEmpty() ? "" : "." + method + "(" + numbers(order) + ")";
    }

    private static String flag(boolean value) {
        return Boolean.toString(value);
    }

    private static String number(int value) {
        return Integer.toString(value);
    }

    private static String call(String method, String name, String... arguments) {
        return "at." + method + "(\"" + name + "\", " + String.join(", ", arguments) + ")";
    }
}
