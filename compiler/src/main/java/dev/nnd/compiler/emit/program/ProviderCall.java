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

    /** True for ops whose output tensors are given to them. */
    static boolean writesIntoGiven(Op op) {
        return op instanceof Op.InnerProductBackwardWeights || op instanceof Op.Convolution2dBackwardWeights;
    }

    /** The windows used so far by the names of their constants. */
    Map<Op.Window, String> windows() {
        return windows;
    }

    /** {@code new Window2d(3, 3, 1, 1, 0, 0, 0, 0, 1, 1)}. */
    static String windowValue(Op.Window w) {
        List<Integer> numbers = List.of(
                w.kernelHeight(),
                w.kernelWidth(),
                w.strideHeight(),
                w.strideWidth(),
                w.padTop(),
                w.padLeft(),
                w.padBottom(),
                w.padRight(),
                w.dilationHeight(),
                w.dilationWidth());
        return "new Window2d(" + numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")";
    }

    /**
     * The call that binds an op.
     *
     * @param in Java expressions of the step's inputs
     * @param out those of the outputs, for ops that write into given tensors
     */
    String call(Step.Primitive step, List<String> in, List<String> out) {
        String name = step.name();
        return switch (step.op()) {
            case Op.InnerProduct o ->
                call("innerProduct", name, in.get(0), in.get(1), bias(o.bias(), in), flag(o.relu()));
            case Op.InnerProductBackwardData _ ->
                call("innerProductBackwardData", name, in.get(0), in.get(1), in.get(2));
            case Op.InnerProductBackwardWeights o ->
                call("innerProductBackwardWeights", name, in.get(0), in.get(1), out.get(0), second(o.bias(), out));
            case Op.Convolution2d o ->
                call(
                        "convolution2d",
                        name,
                        in.get(0),
                        in.get(1),
                        bias(o.bias(), in),
                        window(name, o.window()),
                        number(o.groups()),
                        flag(o.relu()));
            case Op.Convolution2dBackwardData o ->
                call(
                        "convolution2dBackwardData",
                        name,
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        window(name, o.window()),
                        number(o.groups()));
            case Op.Convolution2dBackwardWeights o ->
                call(
                        "convolution2dBackwardWeights",
                        name,
                        in.get(0),
                        in.get(1),
                        out.get(0),
                        second(o.bias(), out),
                        window(name, o.window()),
                        number(o.groups()));
            case Op.MaxPool2d o -> call("maxPool2d", name, in.get(0), window(name, o.window()), flag(o.indices()));
            case Op.MaxPool2dBackward o ->
                call("maxPool2dBackward", name, in.get(0), in.get(1), in.get(2), window(name, o.window()));
            case Op.MatMul o ->
                call("matmul", name, in.get(0), in.get(1), flag(o.transposeLeft()), flag(o.transposeRight()));
            case Op.Constant _,
                    Op.Size _,
                    Op.Unary _,
                    Op.Binary _,
                    Op.Compare _,
                    Op.Select _,
                    Op.Cast _,
                    Op.Reshape _,
                    Op.Transpose _,
                    Op.Broadcast _,
                    Op.Reduce _,
                    Op.Softmax _,
                    Op.LogSoftmax _,
                    Op.Pick _,
                    Op.OneHot _,
                    Op.ArgMax _,
                    Op.SoftmaxCrossEntropy _,
                    Op.SoftmaxCrossEntropyBackward _,
                    Op.Indexing _ ->
                throw new IllegalArgumentException(step.op() + " is no op of a provider");
        };
    }

    private String window(String step, Op.Window window) {
        return windows.computeIfAbsent(window, _ -> constants.unique(JavaNames.constant(step) + "_WINDOW"));
    }

    private static String bias(boolean there, List<String> in) {
        return there ? in.get(2) : "null";
    }

    private static String second(boolean there, List<String> out) {
        return there ? out.get(1) : "null";
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
