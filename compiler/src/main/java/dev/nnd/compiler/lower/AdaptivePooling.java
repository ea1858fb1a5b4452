package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.Comparison;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Pooling to a given size. Along an axis of size n window i of s goes from floor(i n / s) to ceil((i + 1) n / s); windows
 * of one size are an ordinary pooling. Otherwise axis after axis: a mean is a product with a matrix of shares, a maximum
 * one over all entries that are in the window.
 */
final class AdaptivePooling {

    private final GraphBuilder to;
    private final boolean average;

    AdaptivePooling(GraphBuilder to, boolean average) {
        this.to = to;
        this.average = average;
    }

    /** Pools x [n, c, ...] to [n, c, sizes...]. */
    Value pool(Value x, List<Integer> sizes, String name) {
        if (even(x.type().dims(), sizes)) {
            return ordinary(x, sizes, name);
        }
        List<Integer> ones = IntStream.range(0, sizes.size())
                .filter(i -> sizes.get(i) == 1)
                .mapToObj(i -> i + 2)
                .toList();
        Value pooled =
                ones.isEmpty() ? x : to.reduce(average ? ReduceFunction.MEAN : ReduceFunction.MAX, x, ones, true);
        for (int i = 0; i < sizes.size(); i++) {
            if (sizes.get(i) > 1 && !x.type().dim(2 + i).is(sizes.get(i))) {
                pooled = average ? means(pooled, 2 + i, sizes.get(i)) : maxima(pooled, 2 + i, sizes.get(i));
            }
        }
        return pooled;
    }

    private static boolean even(List<Dim> dims, List<Integer> sizes) {
        for (int i = 0; i < sizes.size(); i++) {
            OptionalLong size = dims.get(2 + i).constant();
            if (size.isEmpty() || size.getAsLong() % sizes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private Value ordinary(Value x, List<Integer> sizes, String name) {
        var kernel = new ArrayList<Integer>();
        for (int i = 0; i < sizes.size(); i++) {
            kernel.add(PrimitiveLowering.size(x.type().dim(2 + i)) / sizes.get(i));
        }
        List<Integer> zeros = Collections.nCopies(kernel.size(), 0);
        var window = new Op.Window(kernel, kernel, zeros, zeros, Collections.nCopies(kernel.size(), 1), false);
        Op.PoolFunction function = average ? Op.PoolFunction.AVERAGE : Op.PoolFunction.MAXIMUM;
        return to.apply(name, new Op.Pool(function, window, false), x);
    }

    /** The axis comes last, is multiplied by the matrix of shares and goes back. */
    private Value means(Value x, int axis, int windows) {
        DType dtype = x.type().dtype();
        Value inside = to.cast(inside(x.type().dim(axis), windows, false), dtype);
        Value shares = to.divide(inside, to.reduceSum(inside, List.of(0), true));
        var order = new ArrayList<>(IntStream.range(0, x.type().rank()).boxed().toList());
        order.remove(axis);
        order.add(axis);
        Value moved = isLast(x, axis) ? x : to.transpose(x, order);
        Value pooled = to.matMul(moved, shares, false, false);
        var back = new ArrayList<>(order);
        for (int i = 0; i < order.size(); i++) {
            back.set(order.get(i), i);
        }
        return isLast(x, axis) ? pooled : to.transpose(pooled, back);
    }

    private static boolean isLast(Value x, int axis) {
        return axis == x.type().rank() - 1;
    }

    /** [..., n, ...] as [..., 1, n, ...], of which all but the window's entries are -infinity. */
    private Value maxima(Value x, int axis, int windows) {
        var dims = new ArrayList<>(x.type().dims());
        dims.add(axis, Dim.ONE);
        Value spread = to.reshape(x, dims);
        Value inside = inside(x.type().dim(axis), windows, true);
        var place = new ArrayList<>(Collections.nCopies(dims.size(), Dim.ONE));
        place.set(axis, Dim.of(windows));
        place.set(axis + 1, x.type().dim(axis));
        Value outside = to.constant(Double.NEGATIVE_INFINITY, x.type().dtype());
        Value masked = to.select(to.reshape(inside, place), spread, outside);
        return to.reduce(ReduceFunction.MAX, masked, List.of(axis + 1), false);
    }

    /**
     * Whether entry h of n is in window i of s: h > i n / s - 1 and h < (i + 1) n / s, in whole numbers. bool [n, s], or [s,
     * n].
     */
    private Value inside(Dim size, int windows, boolean windowsFirst) {
        var index = new IndexArithmetic(to);
        Value count = to.constant(windows, DType.I32);
        Value length = to.size(size, DType.I32);
        int entryAxis = windowsFirst ? 1 : 0;
        Value entry = to.multiply(index.along(index.range(size, DType.I32), entryAxis, 2), count);
        Value window = to.multiply(index.along(index.range(Dim.of(windows), DType.I32), 1 - entryAxis, 2), length);
        Value after = to.compare(Comparison.GREATER, to.add(entry, count), window);
        Value before = to.compare(Comparison.LESS, entry, to.add(window, length));
        return to.binary(BinaryFunction.AND, after, before);
    }
}
