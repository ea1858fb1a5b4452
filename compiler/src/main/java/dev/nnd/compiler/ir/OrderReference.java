package dev.nnd.compiler.ir;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What goes along an axis in order, in plain loops. */
final class OrderReference {

    private OrderReference() {}

    static Ndarray cumulate(Op.Cumulate op, Ndarray x) {
        Ndarray y = Ndarray.zeros(x.dims());
        forEachLine(x.dims(), op.axis(), (start, stride, size) -> {
            double so = switch (op.function()) {
                case SUM -> 0;
                case PRODUCT -> 1;
                case MAX -> Double.NEGATIVE_INFINITY;
                case MIN -> Double.POSITIVE_INFINITY;
            };
            for (int i = 0; i < size; i++) {
                int at = start + (op.reverse() ? size - 1 - i : i) * stride;
                double before = so;
                so = switch (op.function()) {
                    case SUM -> so + x.elements()[at];
                    case PRODUCT -> so * x.elements()[at];
                    case MAX -> Math.max(so, x.elements()[at]);
                    case MIN -> Math.min(so, x.elements()[at]);
                };
                y.elements()[at] = op.exclusive() ? before : so;
            }
        });
        return y;
    }

    static Ndarray recurrence(Op.Recurrence op, Ndarray factor, Ndarray term) {
        Ndarray y = Ndarray.zeros(term.dims());
        forEachLine(term.dims(), op.axis(), (start, stride, size) -> {
            double before = 0;
            for (int i = 0; i < size; i++) {
                int at = start + (op.reverse() ? size - 1 - i : i) * stride;
                before = factor.elements()[at] * before + term.elements()[at];
                y.elements()[at] = before;
            }
        });
        return y;
    }

    static List<Ndarray> sort(Op.Sort op, Ndarray x, int[] shape) {
        Ndarray values = Ndarray.zeros(shape);
        Ndarray indices = Ndarray.zeros(shape);
        int count = shape[op.axis()];
        forEachLine(x.dims(), op.axis(), (start, stride, size) -> {
            // -0 and 0 are equal; a stable sort keeps their order.
            Comparator<Integer> ascending = Comparator.comparingDouble(i -> x.elements()[start + i * stride] + 0.0);
            List<Integer> order = IntStream.range(0, size)
                    .boxed()
                    .sorted(op.descending() ? ascending.reversed() : ascending)
                    .toList();
            int line = start / (size * stride) * count * stride + start % stride;
            for (int i = 0; i < count; i++) {
                values.elements()[line + i * stride] = x.elements()[start + order.get(i) * stride];
                indices.elements()[line + i * stride] = order.get(i);
            }
        });
        return List.of(values, indices);
    }

    private interface Line {
        void run(int start, int stride, int size);
    }

    /** Every run of elements along an axis: where it starts, how far neighbours are apart, how many they are. */
    private static void forEachLine(int[] dims, int axis, Line line) {
        int outer = Ndarray.count(dims, 0, axis);
        int inner = Ndarray.count(dims, axis + 1, dims.length);
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                line.run(o * dims[axis] * inner + i, inner, dims[axis]);
            }
        }
    }
}
