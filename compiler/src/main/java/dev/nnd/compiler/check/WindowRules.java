package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;

/** Shape rules of 2-d convolution and pooling. */
final class WindowRules {

    /** Height and width of kernel, stride, padding and dilation. */
    private record Window(List<Long> kernel, List<Long> stride, List<Long> padding, List<Long> dilation) {

        /** floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1. */
        Dim output(Dim size, int axis) {
            return size.plus(Dim.of(2 * padding.get(axis) - extent(axis)))
                    .floorDivide(Dim.of(stride.get(axis)))
                    .plus(Dim.ONE);
        }

        /** What the kernel covers: dilation * (kernel - 1) + 1. */
        long extent(int axis) {
            return dilation.get(axis) * (kernel.get(axis) - 1) + 1;
        }

        /** {@code (28 + 2 * 1 - 3) / 2 + 1 = 14}. */
        String derivation(Dim size, int axis) {
            String padded = padding.get(axis) == 0 ? "" : " + 2 * " + padding.get(axis);
            String covered = dilation.get(axis) == 1
                    ? "" + kernel.get(axis)
                    : "(" + dilation.get(axis) + " * (" + kernel.get(axis) + " - 1) + 1)";
            String room = size + padded + " - " + covered;
            String strided = stride.get(axis) == 1 ? room : "(" + room + ") / " + stride.get(axis);
            return strided + " + 1 = " + output(size, axis);
        }
    }

    private static final List<Long> ONES = List.of(1L, 1L);
    private static final List<Long> ZEROS = List.of(0L, 0L);

    private WindowRules() {}

    static Val conv2d(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Val.Tensor> weight = call.tensor("weight");
        Optional<List<Long>> stride = pair(call, "stride", 1, ONES);
        Optional<List<Long>> padding = pair(call, "padding", 0, ZEROS);
        Optional<List<Long>> dilation = pair(call, "dilation", 1, ONES);
        Optional<Long> groups = call.has("groups") ? call.integer("groups", 1) : Optional.of(1L);
        boolean complete = x.isPresent()
                && weight.isPresent()
                && stride.isPresent()
                && padding.isPresent()
                && dilation.isPresent()
                && groups.isPresent();
        if (!complete || !images(call, x.get()) || !weightFits(call, x.get(), weight.get(), groups.get())) {
            return Val.POISON;
        }
        TensorType w = weight.get().type();
        Optional<List<Long>> kernel = kernel(w);
        if (kernel.isEmpty()) {
            return Val.POISON;
        }
        var window = new Window(kernel.get(), stride.get(), padding.get(), dilation.get());
        Optional<TensorType> type = output(call, x.get(), window, w.dim(0));
        List<Constant> attributes = List.of(
                list(stride.get()), list(padding.get()), list(dilation.get()), new Constant.Int(Dim.of(groups.get())));
        return type.map(t -> made(call, Primitive.CONV2D, List.of(x.get(), weight.get()), attributes, t, window))
                .orElse(Val.POISON);
    }

    private static Optional<List<Long>> kernel(TensorType weight) {
        var height = weight.dim(2).constant();
        var width = weight.dim(3).constant();
        return height.isPresent() && width.isPresent()
                ? Optional.of(List.of(height.getAsLong(), width.getAsLong()))
                : Optional.empty();
    }

    static Val maxPool2d(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<List<Long>> kernel = call.pair("kernel", 1);
        Optional<List<Long>> stride = call.has("stride") ? call.pair("stride", 1) : kernel;
        Optional<List<Long>> padding = pair(call, "padding", 0, ZEROS);
        boolean complete = x.isPresent() && kernel.isPresent() && stride.isPresent() && padding.isPresent();
        if (!complete || !images(call, x.get())) {
            return Val.POISON;
        }
        for (int i = 0; i < 2; i++) {
            if (2 * padding.get().get(i) > kernel.get().get(i)) {
                return call.fail(call.error(
                        "NND0320",
                        "the padding of a pool is at most half its kernel: "
                                + padding.get().get(i) + " with a kernel of "
                                + kernel.get().get(i)));
            }
        }
        var window = new Window(kernel.get(), stride.get(), padding.get(), ONES);
        Optional<TensorType> type = output(call, x.get(), window, x.get().type().dim(1));
        List<Constant> attributes = List.of(list(kernel.get()), list(stride.get()), list(padding.get()));
        return type.map(t -> made(call, Primitive.MAX_POOL2D, List.of(x.get()), attributes, t, window))
                .orElse(Val.POISON);
    }

    private static Val made(
            BuiltinCall call,
            Primitive primitive,
            List<Val.Tensor> operands,
            List<Constant> attributes,
            TensorType type,
            Window window) {
        Val.Tensor made = call.c().apply(primitive, operands, attributes, type, call.at());
        Val.Tensor x = operands.getFirst();
        String derivation = window.derivation(x.type().dim(2), 0);
        return made.with(call.c().trace(x, type, call.at().span(), Optional.of(derivation)));
    }

    private static Optional<List<Long>> pair(BuiltinCall call, String slot, long least, List<Long> otherwise) {
        return call.has(slot) ? call.pair(slot, least) : Optional.of(otherwise);
    }

    private static Constant list(List<Long> values) {
        return new Constant.ListOf(
                values.stream().map(v -> (Constant) new Constant.Int(Dim.of(v))).toList());
    }

    private static boolean images(BuiltinCall call, Val.Tensor x) {
        if (x.type().rank() == 4 && x.type().dtype().isFloat()) {
            return true;
        }
        call.fail(x.trace()
                .mark(call.error(
                        x.type().rank() == 4 ? "NND0305" : "NND0301",
                        "`" + call.name() + "` takes floats [N, channels, height, width], got " + x.type())));
        return false;
    }

    private static boolean weightFits(BuiltinCall call, Val.Tensor x, Val.Tensor weight, long groups) {
        TensorType w = weight.type();
        if (w.rank() != 4 || w.dtype() != x.type().dtype()) {
            call.fail(weight.trace()
                    .mark(call.error(
                            "NND0301",
                            "the weight of `conv2d` is [out, channels / groups, height, width] of dtype "
                                    + x.type().dtype().text() + ", got " + w)));
            return false;
        }
        Dim channels = x.type().dim(1);
        if (!divides(channels, groups) || !divides(w.dim(0), groups)) {
            call.fail(x.trace()
                    .mark(call.error(
                            "NND0309",
                            "`groups` " + groups + " does not divide "
                                    + (divides(channels, groups)
                                            ? "the " + w.dim(0) + " output channels"
                                            : "the " + channels + " input channels"))));
            return false;
        }
        Dim wanted = w.dim(1).times(Dim.of(groups));
        if (!call.c().same(channels, wanted)) {
            Diagnostic error = weight.trace()
                    .mark(x.trace()
                            .mark(call.error(
                                    "NND0307",
                                    "`conv2d` gets " + channels + " channels, but its weight takes " + wanted)));
            call.fail(call.c().dims().unequal(error, channels, wanted));
            return false;
        }
        return true;
    }

    private static boolean divides(Dim dim, long by) {
        return dim.constant().isEmpty() || dim.constant().getAsLong() % by == 0;
    }

    private static Optional<TensorType> output(BuiltinCall call, Val.Tensor x, Window window, Dim channels) {
        for (int axis = 0; axis < 2; axis++) {
            Dim size = x.type().dim(2 + axis);
            Dim output = window.output(size, axis);
            if (output.constant().isPresent() && output.constant().getAsLong() < 1) {
                call.fail(x.trace()
                        .mark(call.error(
                                "NND0308",
                                "the kernel " + covers(window, axis) + " is larger than the input's "
                                        + (axis == 0 ? "height " : "width ") + padded(window, size, axis)))
                        .note("the output would be " + window.derivation(size, axis)));
                return Optional.empty();
            }
        }
        TensorType type = x.type();
        return Optional.of(new TensorType(
                type.dtype(),
                List.of(type.dim(0), channels, window.output(type.dim(2), 0), window.output(type.dim(3), 1))));
    }

    private static String covers(Window window, int axis) {
        return window.dilation().get(axis) == 1
                ? "" + window.kernel().get(axis)
                : window.kernel().get(axis) + " (dilated to " + window.extent(axis) + ")";
    }

    private static String padded(Window window, Dim size, int axis) {
        return window.padding().get(axis) == 0
                ? "" + size
                : size + " with padding " + window.padding().get(axis);
    }
}
