package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** From convolution, pooling and batch normalization to ops. */
final class WindowLowering {

    private final GraphBuilder builder;
    private final BufferValues buffers;

    WindowLowering(GraphBuilder builder, BufferValues buffers) {
        this.builder = builder;
        this.buffers = buffers;
    }

    Value convolution(TypedExpr.Apply e, List<Value> in, String name) {
        List<Constant> a = e.attributes();
        List<Integer> padding = ints(a, 1);
        var window = new Op.Window(kernel(in.get(1)), ints(a, 0), padding, padding, ints(a, 2), false);
        return builder.applyAll(name, new Op.Convolution(window, groups(a), false, false), in)
                .getFirst();
    }

    private static int groups(List<Constant> attributes) {
        return PrimitiveLowering.size(PrimitiveLowering.dim(attributes.get(3)));
    }

    /**
     * The gradient of the convolution that has x as its result. Where that could have had inputs of several sizes, the
     * output padding chooses one: then some of its padding is left out, so that there is no window more.
     */
    Value transposed(TypedExpr.Apply e, List<Value> in, String name) {
        List<Constant> a = e.attributes();
        List<Integer> stride = ints(a, 0);
        List<Integer> padding = ints(a, 1);
        List<Integer> extra = ints(a, 4);
        var padAfter = new ArrayList<Integer>();
        for (int i = 0; i < stride.size(); i++) {
            padAfter.add(padding.get(i) - Math.max(0, extra.get(i) - stride.get(i) + 1));
        }
        var window = new Op.Window(kernel(in.get(1)), stride, padding, padAfter, ints(a, 2), false);
        var op = new Op.ConvolutionBackwardData(window, groups(a), e.type().dims());
        return builder.applyAll(name, op, in).getFirst();
    }

    private static List<Integer> kernel(Value weights) {
        List<Dim> dims = weights.type().dims();
        return dims.subList(2, dims.size()).stream()
                .map(PrimitiveLowering::size)
                .toList();
    }

    Value maximum(TypedExpr.Apply e, Value x, String name) {
        List<Constant> a = e.attributes();
        boolean plain = a.size() == 3;
        List<Integer> dilation = plain ? all(1, ints(a, 0).size()) : ints(a, 3);
        boolean ceil = !plain && flag(a.get(4));
        var window = new Op.Window(ints(a, 0), ints(a, 1), ints(a, 2), ints(a, 2), dilation, ceil);
        return builder.apply(name, new Op.Pool(Op.PoolFunction.MAXIMUM, window, false), x);
    }

    Value average(TypedExpr.Apply e, Value x, String name) {
        List<Constant> a = e.attributes();
        List<Integer> padding = ints(a, 2);
        List<Integer> ones = all(1, padding.size());
        var window = new Op.Window(ints(a, 0), ints(a, 1), padding, padding, ones, flag(a.get(3)));
        boolean padded = flag(a.get(4)) && padding.stream().anyMatch(p -> p > 0);
        Op.PoolFunction function = padded ? Op.PoolFunction.AVERAGE_WITH_PADDING : Op.PoolFunction.AVERAGE;
        return builder.apply(name, new Op.Pool(function, window, false), x);
    }

    Value adaptive(TypedExpr.Apply e, Value x, String name) {
        return new AdaptivePooling(builder, e.primitive() == Primitive.ADAPTIVE_AVG_POOL)
                .pool(x, ints(e.attributes(), 0), name);
    }

    /**
     * In training by the batch's statistics; the running ones move by the momentum towards them, the variance towards the
     * unbiased one. In use by the running ones.
     */
    Value batchNorm(TypedExpr.Apply e, List<Value> in, String name) {
        double momentum = number(e.attributes().get(0));
        double eps = number(e.attributes().get(1));
        boolean affine = in.size() == 5;
        if (!buffers.training()) {
            return builder.applyAll(name, new Op.BatchNorm(eps, affine), in).getFirst();
        }
        var operands = new ArrayList<>(List.of(in.getFirst()));
        operands.addAll(in.subList(3, in.size()));
        List<Value> made = builder.applyAll(name, new Op.BatchNormTraining(eps, affine), operands);
        move(
                in.get(1),
                made.get(1),
                momentum,
                builder.constant(momentum, made.get(1).type().dtype()));
        move(in.get(2), made.get(2), momentum, unbiased(in.getFirst(), momentum));
        return made.getFirst();
    }

    /** momentum * n / (n - 1) for the n elements of a channel; of a single element the variance is 0 anyway. */
    private Value unbiased(Value x, double momentum) {
        DType dtype = x.type().dtype();
        var others = new ArrayList<>(x.type().dims());
        others.remove(1);
        Value count = builder.size(Dim.product(others), dtype);
        Value one = builder.constant(1, dtype);
        Value less = builder.binary(Op.BinaryFunction.MAXIMUM, builder.subtract(count, one), one);
        return builder.multiply(builder.constant(momentum, dtype), builder.divide(count, less));
    }

    /** The running statistics get no gradient, also where the layer is called again and reads them. */
    private void move(Value running, Value batch, double momentum, Value share) {
        if (!buffers.holds(running) || momentum == 0) {
            return;
        }
        Value kept =
                builder.multiply(builder.constant(1 - momentum, batch.type().dtype()), buffers.latest(running));
        buffers.update(
                running,
                builder.apply(
                        running.name() + "Updated",
                        new Op.Binary(Op.BinaryFunction.ADD),
                        kept,
                        builder.multiply(share, builder.unary(Op.UnaryFunction.STOP_GRADIENT, batch))));
    }

    private static double number(Constant constant) {
        return switch (constant) {
            case Constant.Float(double value) -> value;
            case Constant.Int(Dim value) -> value.constant().orElseThrow();
            default -> throw new IllegalStateException("no number: " + constant);
        };
    }

    private static boolean flag(Constant constant) {
        return constant instanceof Constant.Bool(boolean value) && value;
    }

    private static List<Integer> ints(List<Constant> attributes, int index) {
        return PrimitiveLowering.ints(attributes.get(index));
    }

    private static List<Integer> all(int number, int axes) {
        return Collections.nCopies(axes, number);
    }
}
