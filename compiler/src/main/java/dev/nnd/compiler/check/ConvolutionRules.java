package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rules of convolution and transposed convolution over one, two or three axes. */
final class ConvolutionRules {

    private ConvolutionRules() {}

    /** {@code conv2d(x [N, C, H, W], weight [out, C / groups, kh, kw])}, likewise with one or three axes. */
    static Val convolution(Primitive primitive, int axes, BuiltinCall call) {
        Optional<Operands> operands = operands(call, axes, false);
        if (operands.isEmpty()) {
            return Val.POISON;
        }
        Operands given = operands.get();
        Optional<List<Long>> stride = call.perAxis("stride", axes, 1, 1);
        Optional<List<Long>> dilation = call.perAxis("dilation", axes, 1, 1);
        if (stride.isEmpty() || dilation.isEmpty()) {
            return Val.POISON;
        }
        var plain = new Window(given.kernel(), stride.get(), Window.all(0, axes), dilation.get(), false);
        Optional<List<Long>> padding = padding(call, plain);
        if (padding.isEmpty()) {
            return Val.POISON;
        }
        var window = new Window(given.kernel(), stride.get(), padding.get(), dilation.get(), false);
        List<Constant> attributes = List.of(
                Window.list(stride.get()),
                Window.list(padding.get()),
                Window.list(dilation.get()),
                new Constant.Int(Dim.of(given.groups())));
        return PoolingRules.output(
                        call, given.x(), window, given.weight().type().dim(0))
                .<Val>map(t ->
                        PoolingRules.made(call, primitive, List.of(given.x(), given.weight()), attributes, t, window))
                .orElse(Val.POISON);
    }

    /** {@code conv_transpose2d(x [N, C, H, W], weight [C, out / groups, kh, kw])}: the gradient of a convolution. */
    static Val transposed(Primitive primitive, int axes, BuiltinCall call) {
        Optional<Operands> operands = operands(call, axes, true);
        Optional<List<Long>> stride = call.perAxis("stride", axes, 1, 1);
        Optional<List<Long>> padding = call.perAxis("padding", axes, 0, 0);
        Optional<List<Long>> extra = call.perAxis("output_padding", axes, 0, 0);
        Optional<List<Long>> dilation = call.perAxis("dilation", axes, 1, 1);
        boolean complete = operands.isPresent()
                && stride.isPresent()
                && padding.isPresent()
                && extra.isPresent()
                && dilation.isPresent();
        if (!complete) {
            return Val.POISON;
        }
        Operands given = operands.get();
        var window = new Window(given.kernel(), stride.get(), padding.get(), dilation.get(), false);
        for (int i = 0; i < axes; i++) {
            long most = Math.max(stride.get().get(i), dilation.get().get(i));
            if (extra.get().get(i) >= most) {
                return call.fail(Diagnostic.error(
                                "NND0229",
                                call.span("output_padding"),
                                "`output_padding` is less than the stride or the dilation: "
                                        + extra.get().get(i) + " with stride "
                                        + stride.get().get(i) + " and dilation "
                                        + dilation.get().get(i))
                        .note("it chooses among the " + most + " input sizes that a convolution with this stride maps"
                                + " to one output size"));
            }
        }
        return upsampled(call, primitive, given, window, extra.get());
    }

    private static Val upsampled(
            BuiltinCall call, Primitive primitive, Operands given, Window window, List<Long> extra) {
        int axes = extra.size();
        TensorType x = given.x().type();
        TensorType weight = given.weight().type();
        var dims = new ArrayList<Dim>();
        dims.add(x.dim(0));
        dims.add(weight.dim(1).times(Dim.of(given.groups())));
        for (int i = 0; i < axes; i++) {
            Dim size = x.dim(2 + i);
            Dim made = grown(size, window, extra, i);
            if (made.constant().isPresent() && made.constant().getAsLong() < 1) {
                return call.fail(given.x()
                        .trace()
                        .mark(call.error(
                                "NND0308",
                                "the padding " + window.padding().get(i) + " takes away all of the "
                                        + Window.names(axes).get(i)))
                        .note("the output would be " + derivation(size, window, extra, i)));
            }
            dims.add(made);
        }
        List<Constant> attributes = List.of(
                Window.list(window.stride()),
                Window.list(window.padding()),
                Window.list(window.dilation()),
                new Constant.Int(Dim.of(given.groups())),
                Window.list(extra));
        TensorType type = x.withDims(dims);
        Val.Tensor made = call.c().apply(primitive, List.of(given.x(), given.weight()), attributes, type, call.at());
        String derivation = derivation(x.dim(2), window, extra, 0);
        return made.with(call.c().trace(given.x(), type, call.at().span(), Optional.of(derivation)));
    }

    /** {@code (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1}. */
    private static Dim grown(Dim size, Window window, List<Long> extra, int axis) {
        long shift = window.extent(axis) - 2 * window.padding().get(axis) + extra.get(axis);
        return size.minus(Dim.ONE).times(Dim.of(window.stride().get(axis))).plus(Dim.of(shift));
    }

    private static String derivation(Dim size, Window window, List<Long> extra, int axis) {
        long padding = window.padding().get(axis);
        return "(" + size + " - 1) * " + window.stride().get(axis)
                + (padding == 0 ? "" : " - 2 * " + padding)
                + " + " + window.extent(axis)
                + (extra.get(axis) == 0 ? "" : " + " + extra.get(axis))
                + " = " + grown(size, window, extra, axis);
    }

    /** What both kinds of convolution take. */
    private record Operands(Val.Tensor x, Val.Tensor weight, List<Long> kernel, long groups) {}

    private static Optional<Operands> operands(BuiltinCall call, int axes, boolean transposed) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Val.Tensor> weight = call.tensor("weight");
        Optional<Long> groups = call.has("groups") ? call.integer("groups", 1) : Optional.of(1L);
        boolean fit = x.isPresent()
                && weight.isPresent()
                && groups.isPresent()
                && PoolingRules.images(call, x.get(), axes)
                && isWeight(call, x.get(), weight.get(), axes, transposed)
                && channelsFit(call, x.get(), weight.get(), groups.get(), transposed);
        if (!fit) {
            return Optional.empty();
        }
        var kernel = new ArrayList<Long>();
        for (int i = 0; i < axes; i++) {
            weight.get().type().dim(2 + i).constant().ifPresent(kernel::add);
        }
        return kernel.size() == axes
                ? Optional.of(new Operands(x.get(), weight.get(), kernel, groups.get()))
                : Optional.empty();
    }

    private static boolean isWeight(BuiltinCall call, Val.Tensor x, Val.Tensor weight, int axes, boolean transposed) {
        TensorType w = weight.type();
        if (w.rank() == 2 + axes && w.dtype() == x.type().dtype()) {
            return true;
        }
        String channels = transposed ? "[channels, out / groups, " : "[out, channels / groups, ";
        call.fail(weight.trace()
                .mark(call.error(
                        "NND0301",
                        "the weight of `" + call.name() + "` is " + channels + String.join(", ", Window.names(axes))
                                + "] of dtype " + x.type().dtype().text() + ", got " + w)));
        return false;
    }

    private static boolean channelsFit(
            BuiltinCall call, Val.Tensor x, Val.Tensor weight, long groups, boolean transposed) {
        Dim channels = x.type().dim(1);
        Dim out = transposed
                ? weight.type().dim(1).times(Dim.of(groups))
                : weight.type().dim(0);
        if (!divides(channels, groups) || !divides(out, groups)) {
            call.fail(x.trace()
                    .mark(call.error(
                            "NND0309",
                            "`groups` " + groups + " does not divide "
                                    + (divides(channels, groups)
                                            ? "the " + out + " output channels"
                                            : "the " + channels + " input channels"))));
            return false;
        }
        Dim wanted = transposed ? weight.type().dim(0) : weight.type().dim(1).times(Dim.of(groups));
        if (!NeuralBuiltins.same(call.c(), channels, wanted)) {
            call.fail(weight.trace()
                    .mark(x.trace()
                            .mark(call.error(
                                    "NND0307",
                                    "`" + call.name() + "` gets " + channels + " channels, but its weight takes "
                                            + wanted))));
            return false;
        }
        return true;
    }

    private static boolean divides(Dim dim, long by) {
        return dim.constant().isEmpty() || dim.constant().getAsLong() % by == 0;
    }

    /** A number per axis; {@code "valid"} is 0, and {@code "same"} keeps the size of the input. */
    private static Optional<List<Long>> padding(BuiltinCall call, Window plain) {
        int axes = plain.kernel().size();
        if (!call.has("padding") || !(call.value("padding") instanceof Val.Const(Constant.Text(String word)))) {
            return call.perAxis("padding", axes, 0, 0);
        }
        if (word.equals("valid")) {
            return Optional.of(Window.all(0, axes));
        }
        Diagnostic error = Diagnostic.error(
                "NND0228", call.span("padding"), "`padding` is a number, \"same\" or \"valid\", got \"" + word + "\"");
        if (!word.equals("same")) {
            call.fail(error);
            return Optional.empty();
        }
        var padding = new ArrayList<Long>();
        for (int i = 0; i < axes; i++) {
            Optional<String> problem = notSame(plain, i);
            if (problem.isPresent()) {
                call.fail(Diagnostic.error("NND0228", call.span("padding"), problem.get())
                        .help("write the padding as a number, such as `padding: " + plain.extent(i) / 2 + "`"));
                return Optional.empty();
            }
            padding.add((plain.extent(i) - 1) / 2);
        }
        return Optional.of(padding);
    }

    private static Optional<String> notSame(Window plain, int axis) {
        if (plain.stride().get(axis) != 1) {
            return Optional.of("`padding: \"same\"` keeps the size, so it needs stride 1, got stride "
                    + plain.stride().get(axis));
        }
        return plain.extent(axis) % 2 == 1
                ? Optional.empty()
                : Optional.of("`padding: \"same\"` needs an odd kernel to be alike on both sides, got kernel "
                        + plain.covers(axis));
    }
}
