package dev.nnd.compiler.incremental;

import dev.nnd.compiler.type.Dim;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The axes of a reshape. Axes of equal products belong together; an axis of the result holds the positions of one of the
 * operand if what lies inside of a position is the same in both. Products are compared at sizes that are primes, which
 * tells one variable from another.
 */
final class ReshapedAxes {

    private static final long[] PRIMES = {1009, 10_007, 1013, 1019, 1021, 1031, 1033, 1039};

    private final List<Dim> in;
    private final List<Dim> out;
    private final Known known;
    private final Axes axes;
    private final Map<String, Long> sizes = new HashMap<>();
    private final int[] from;
    private final Map<Integer, Long> inner = new HashMap<>();

    ReshapedAxes(List<Dim> in, List<Dim> out, Known known, Axes axes) {
        this.in = in;
        this.out = out;
        this.known = known;
        this.axes = axes;
        this.from = new int[out.size()];
        Arrays.fill(from, -1);
        var names = new TreeSet<String>();
        in.forEach(d -> names.addAll(d.variables()));
        out.forEach(d -> names.addAll(d.variables()));
        int next = 0;
        for (String name : names) {
            sizes.put(name, next < PRIMES.length ? PRIMES[next] : 2001L + 2L * next);
            next++;
        }
    }

    AxisMap map() {
        int i = 0;
        int j = 0;
        while (i < in.size() && j < out.size()) {
            int firstIn = i;
            int firstOut = j;
            long left = size(in.get(i++));
            long right = size(out.get(j++));
            while (left != right && (left < right ? i < in.size() : j < out.size())) {
                if (left < right) {
                    left *= size(in.get(i++));
                } else {
                    right *= size(out.get(j++));
                }
            }
            for (int axis = firstIn; axis < i; axis++) {
                if (axes.isTime(in.get(axis))) {
                    place(axis, i, firstOut, j);
                }
            }
        }
        return new AxisMap(from, inner);
    }

    private void place(int axis, int endIn, int firstOut, int endOut) {
        long stride = known.innerOf(axis) * size(in.subList(axis + 1, endIn));
        for (int to = firstOut; to < endOut; to++) {
            long base = size(out.subList(to + 1, endOut));
            boolean plain = out.get(to).equals(axes.timeDim());
            if (axes.isTime(out.get(to)) && stride % base == 0 && (!plain || stride == base)) {
                from[to] = axis;
                if (stride != base) {
                    inner.put(to, stride / base);
                }
            }
        }
    }

    private long size(Dim dim) {
        return dim.evaluate(sizes);
    }

    private long size(List<Dim> dims) {
        return dims.stream().mapToLong(this::size).reduce(1, (a, b) -> a * b);
    }
}
