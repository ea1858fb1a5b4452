package dev.nnd.compiler.ir;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Ops as a person reads them in a printed graph. */
public final class OpText {

    private OpText() {}

    /** Name and attributes, such as {@code conv2d 3x3 stride 2x2 +bias}. Equal ops have equal text. */
    public static String of(Op op) {
        return switch (op) {
            case Op.Constant o -> "constant " + o.value() + " " + o.dtype();
            case Op.Size o -> "size " + o.dim() + " " + o.dtype();
            case Op.Unary o -> word(o.function());
            case Op.Binary o -> word(o.function());
            case Op.Compare o -> word(o.comparison());
            case Op.Select _ -> "select";
            case Op.Cast o -> "cast " + o.to();
            case Op.Reshape o -> "reshape " + o.dims();
            case Op.Transpose o -> "transpose " + o.permutation();
            case Op.Broadcast o -> "broadcast " + o.dims();
            case Op.Reduce o -> word(o.function()) + " over " + o.axes() + flag(o.keepDims(), "keep dims");
            case Op.MatMul o ->
                "matmul" + flag(o.transposeLeft(), "transpose left") + flag(o.transposeRight(), "transpose right")
                        + order("left", o.leftOrder()) + order("right", o.rightOrder())
                        + order("result", o.resultOrder());
            case Op.InnerProduct o -> "inner product" + flag(o.bias(), "+bias") + flag(o.relu(), "+relu");
            case Op.InnerProductBackwardData o -> "inner product backward data to " + o.inputDims();
            case Op.InnerProductBackwardWeights o ->
                "inner product backward weights to " + o.weightDims() + flag(o.bias(), "+bias");
            case Op.Convolution o ->
                "convolution " + window(o.window(), o.groups()) + flag(o.bias(), "+bias") + flag(o.scaled(), "+scale")
                        + flag(o.added(), "+sum") + flag(o.relu(), "+relu");
            case Op.ConvolutionBackwardData o ->
                "convolution backward data " + window(o.window(), o.groups()) + " to " + o.inputDims()
                        + flag(o.bias(), "+bias");
            case Op.ConvolutionBackwardWeights o ->
                "convolution backward weights " + window(o.window(), o.groups()) + " to " + o.weightDims()
                        + flag(o.bias(), "+bias");
            case Op.Pool o -> word(o.function()) + " pool " + window(o.window(), 1) + flag(o.indices(), "+indices");
            case Op.PoolBackward o ->
                word(o.function()) + " pool backward " + window(o.window(), 1) + " to " + o.inputDims();
            case Op.BatchNorm o -> "batch norm eps " + o.eps() + flag(o.affine(), "+affine");
            case Op.BatchNormTraining o -> "batch norm training eps " + o.eps() + flag(o.affine(), "+affine");
            case Op.BatchNormBackward o -> "batch norm backward eps " + o.eps() + flag(o.affine(), "+affine");
            case Op.Softmax _ -> "softmax";
            case Op.LogSoftmax _ -> "log softmax";
            case Op.Pick _ -> "pick";
            case Op.OneHot o -> "one hot " + o.depth() + " " + o.dtype();
            case Op.ArgMax _ -> "argmax";
            case Op.SoftmaxCrossEntropy _ -> "softmax cross entropy";
            case Op.SoftmaxCrossEntropyBackward _ -> "softmax cross entropy backward";
            case Op.Iota o -> "iota " + o.dims() + " over " + o.axis() + " " + o.dtype();
            case Op.Slice o -> "slice from " + o.start() + " step " + o.step() + " to " + o.dims();
            case Op.Pad o -> "pad " + o.low() + " " + o.high() + " between " + o.interior() + " with " + o.value();
            case Op.Concat o -> "concat over " + o.axis();
            case Op.Gather o -> "gather over " + o.axis() + flag(o.each(), "each");
            case Op.Scatter o ->
                "scatter " + word(o.mode()) + " over " + o.axis() + flag(o.each(), "each") + " to " + o.dims();
            case Op.Cumulate o ->
                "cumulate " + word(o.function()) + " over " + o.axis() + flag(o.exclusive(), "exclusive")
                        + flag(o.reverse(), "reverse");
            case Op.Recurrence o -> "recurrence over " + o.axis() + flag(o.reverse(), "reverse");
            case Op.Sort o -> "sort " + o.count() + " over " + o.axis() + flag(o.descending(), "descending");
            case Op.Random o ->
                "random " + word(o.distribution()) + " " + o.dims() + " stream " + o.stream() + " " + o.dtype();
            case Op.Call o -> "call " + o.function().name();
            case Op.Scan o ->
                "scan " + o.body().name() + " " + o.steps() + " steps, " + o.states() + " states, " + o.sequences()
                        + " sequences" + flag(o.reverse(), "reverse");
        };
    }

    /**
     * A name for the result of an op that was given none: the op's name in lower camel case, {@code max} for a
     * reduction by maximum.
     */
    static String valueName(Op op) {
        if (op instanceof Op.Unary o) {
            return camel(o.function());
        }
        if (op instanceof Op.Binary o) {
            return camel(o.function());
        }
        if (op instanceof Op.Compare o) {
            return camel(o.comparison());
        }
        if (op instanceof Op.Reduce o) {
            return camel(o.function());
        }
        String type = op.getClass().getSimpleName();
        return Character.toLowerCase(type.charAt(0)) + type.substring(1);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String camel(Enum<?> constant) {
        var text = new StringBuilder();
        for (String part : constant.name().split("_", -1)) {
            text.append(text.isEmpty() ? "" : part.substring(0, 1));
            text.append((text.isEmpty() ? part : part.substring(1)).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    private static String order(String what, List<Integer> order) {
        return flag(!order.isEmpty(), what + " axes " + order);
    }

    private static String flag(boolean on, String text) {
        return on ? " " + text : "";
    }

    private static String window(Op.Window w, int groups) {
        return times(w.kernel())
                + unless(1, " stride ", w.stride())
                + unless(1, " dilation ", w.dilation())
                + unless(0, " pad ", w.padBefore())
                + (w.padAfter().equals(w.padBefore()) ? "" : " pad after " + times(w.padAfter()))
                + flag(w.ceil(), "rounded up")
                + (groups == 1 ? "" : " groups " + groups);
    }

    private static String times(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }

    private static String unless(int usual, String label, List<Integer> numbers) {
        return numbers.stream().allMatch(n -> n == usual) ? "" : label + times(numbers);
    }
}
