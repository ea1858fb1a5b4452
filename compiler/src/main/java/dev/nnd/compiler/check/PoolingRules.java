package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rules of pooling over one, two or three axes, and what they share with convolution. */
final class PoolingRules {

    private PoolingRules() {}

    /** {@code max_pool2d(x [N, C, H, W], kernel: 2)}: the largest of each window. */
    static Val max(Primitive primitive, int axes, BuiltinCall call) {
        Optional<List<Long>> dilation = call.perAxis("dilation", axes, 1, 1);
        Optional<Window> window = dilation.flatMap(d -> window(call, axes, d));
        if (window.isEmpty()) {
            return Val.POISON;
        }
        Window w = window.get();
        var attributes =
                new ArrayList<>(List.of(Window.list(w.kernel()), Window.list(w.stride()), Window.list(w.padding())));
        boolean plain = !w.ceil() && w.dilation().stream().allMatch(d -> d == 1);
        if (!plain) {
            attributes.add(Window.list(w.dilation()));
            attributes.add(new Constant.Bool(w.ceil()));
        }
        return pool(call, primitive, axes, w, attributes);
    }

    /** {@code avg_pool2d(x [N, C, H, W], kernel: 2)}: the mean of each window. */
    static Val average(Primitive primitive, int axes, BuiltinCall call) {
        Optional<Window> window = window(call, axes, Window.all(1, axes));
        Optional<Boolean> count = call.flag("count_include_pad", true);
        if (window.isEmpty() || count.isEmpty()) {
            return Val.POISON;
        }
        Window w = window.get();
        List<Constant> attributes = List.of(
                Window.list(w.kernel()),
                Window.list(w.stride()),
                Window.list(w.padding()),
                new Constant.Bool(w.ceil()),
                new Constant.Bool(count.get()));
        return pool(call, primitive, axes, w, attributes);
    }

    private static Val pool(BuiltinCall call, Primitive primitive, int axes, Window window, List<Constant> attributes) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isEmpty() || !images(call, x.get(), axes)) {
            return Val.POISON;
        }
        return output(call, x.get(), window, x.get().type().dim(1))
                .<Val>map(t -> made(call, primitive, List.of(x.get()), attributes, t, window))
                .orElse(Val.POISON);
    }

    private static Optional<Window> window(BuiltinCall call, int axes, List<Long> dilation) {
        Optional<List<Long>> kernel = call.perAxis("kernel", axes, 1);
        Optional<List<Long>> stride = call.has("stride") ? call.perAxis("stride", axes, 1) : kernel;
        Optional<List<Long>> padding = call.perAxis("padding", axes, 0, 0);
        Optional<Boolean> ceil = call.flag("ceil_mode", false);
        if (kernel.isEmpty() || stride.isEmpty() || padding.isEmpty() || ceil.isEmpty()) {
            return Optional.empty();
        }
        for (int i = 0; i < axes; i++) {
            if (2 * padding.get().get(i) > kernel.get().get(i)) {
                call.fail(call.error(
                        "NND0320",
                        "the padding of a pool is at most half its kernel: "
                                + padding.get().get(i) + " with a kernel of "
                                + kernel.get().get(i)));
                return Optional.empty();
            }
        }
        return Optional.of(new Window(kernel.get(), stride.get(), padding.get(), dilation, ceil.get()));
    }

    /** {@code adaptive_avg_pool(x [N, C, ...], sizes)}: as many windows as the output has places, of nearly equal size. */
    static Val adaptive(Primitive primitive, BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        int axes = type.rank() - 2;
        if (axes < 1 || !type.dtype().isFloat()) {
            return call.fail(x.get()
                    .trace()
                    .mark(call.error(
                            axes < 1 ? "NND0301" : "NND0305",
                            "`" + call.name() + "` takes floats [N, channels, ...], got " + type)));
        }
        Optional<List<Long>> sizes = call.perAxis("size", axes, 1);
        if (sizes.isEmpty()) {
            return Val.POISON;
        }
        var dims = new ArrayList<>(type.dims().subList(0, 2));
        sizes.get().forEach(s -> dims.add(Dim.of(s)));
        List<Constant> attributes = List.of(Window.list(sizes.get()));
        return call.c().apply(primitive, List.of(x.get()), attributes, type.withDims(dims), call.at());
    }

    /** The primitive applied, with the first moved axis as the derivation of the result's type. */
    static Val made(
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

    /** True for floats [N, channels, ...] with that many axes more; anything else is reported. */
    static boolean images(BuiltinCall call, Val.Tensor x, int axes) {
        boolean fits = x.type().rank() == 2 + axes;
        if (fits && x.type().dtype().isFloat()) {
            return true;
        }
        call.fail(x.trace()
                .mark(call.error(
                        fits ? "NND0305" : "NND0301",
                        "`" + call.name() + "` takes floats [N, channels, " + String.join(", ", Window.names(axes))
                                + "], got " + x.type())));
        return false;
    }

    /** The type of what a window gives; one that does not fit into the input is reported. */
    static Optional<TensorType> output(BuiltinCall call, Val.Tensor x, Window window, Dim channels) {
        TensorType type = x.type();
        int axes = window.kernel().size();
        var dims = new ArrayList<>(List.of(type.dim(0), channels));
        for (int axis = 0; axis < axes; axis++) {
            Dim size = type.dim(2 + axis);
            Dim output = window.output(size, axis);
            if (output.constant().isPresent() && output.constant().getAsLong() < 1) {
                call.fail(x.trace()
                        .mark(call.error(
                                "NND0308",
                                "the kernel " + window.covers(axis) + " is larger than the input's "
                                        + Window.names(axes).get(axis) + " " + window.padded(size, axis)))
                        .note("the output would be " + window.derivation(size, axis)));
                return Optional.empty();
            }
            dims.add(output);
        }
        return Optional.of(type.withDims(dims));
    }
}
