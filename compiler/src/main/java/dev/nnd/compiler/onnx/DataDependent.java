package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Operators whose result has a size that only the numbers of an input decide. They are computed while importing, from inputs
 * that are known or get a value; a model whose sizes change from run to run is refused.
 */
final class DataDependent {

    private DataDependent() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "NonZero", c -> c.known(nonZero(c.data(0))));
        table.put("Unique", DataDependent::unique);
        Rule.one(table, "NonMaxSuppression", c -> c.known(new Suppression(c).selected()));
    }

    static TensorData nonZero(TensorData x) {
        long[] places = LongStream.range(0, x.size())
                .filter(i -> x.number((int) i) != 0)
                .toArray();
        List<Long> sizes = x.rank() == 0 ? List.of(1L) : x.dims();
        long[] strides = TensorData.strides(sizes);
        return TensorData.integers(DType.I64, List.of((long) sizes.size(), (long) places.length), i -> {
            int axis = i / places.length;
            return places[i % places.length] / strides[axis] % sizes.get(axis);
        });
    }

    /** The different entries of an axis, or of all numbers, with where each is first, which one each is, and how many. */
    private static List<Value> unique(NodeCall c) {
        TensorData given = c.data(0);
        boolean flat = !c.hasAttribute("axis");
        TensorData x = flat ? given.reshaped(List.of((long) given.size())) : given;
        int axis = flat ? 0 : NodeCall.axis(c.integer("axis", 0), x.rank());
        int count = (int) (long) x.dims().get(axis);
        Map<List<Double>, Integer> places =
                c.integer("sorted", 1) == 1 ? new TreeMap<>(DataDependent::compare) : new LinkedHashMap<>();
        var entries = new ArrayList<List<Double>>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(x, axis, i));
            places.putIfAbsent(entries.getLast(), i);
        }
        List<List<Double>> kinds = List.copyOf(places.keySet());
        var numbers = new long[count];
        var counts = new long[kinds.size()];
        for (int i = 0; i < count; i++) {
            numbers[i] = kinds.indexOf(entries.get(i));
            counts[(int) numbers[i]]++;
        }
        List<Long> first = places.values().stream().map(Integer::longValue).toList();
        return List.of(
                c.known(taken(x, axis, first)),
                c.known(TensorData.vector(first)),
                c.known(TensorData.vector(LongStream.of(numbers).boxed().toList())),
                c.known(TensorData.vector(LongStream.of(counts).boxed().toList())));
    }

    private static int compare(List<Double> a, List<Double> b) {
        for (int i = 0; i < a.size(); i++) {
            int order = Double.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static List<Double> entry(TensorData x, int axis, int at) {
        TensorData cut = x.cut(axis, at, at + 1L);
        return IntStream.range(0, cut.size()).mapToObj(cut::number).toList();
    }

    private static TensorData taken(TensorData x, int axis, List<Long> places) {
        var dims = new ArrayList<>(x.dims());
        dims.set(axis, (long) places.size());
        long inner = TensorData.elements(dims.subList(axis + 1, dims.size()));
        long size = x.dims().get(axis);
        return x.moved(dims, i -> {
            long row = i / inner;
            return (int) ((row / places.size() * size + places.get((int) (row % places.size()))) * inner + i % inner);
        });
    }

    /** Boxes by falling score, without those that overlap one before them too much. */
    private static final class Suppression {
        private final TensorData boxes;
        private final TensorData scores;
        private final int count;
        private final int classes;
        private final long most;
        private final float overlap;
        private final double lowest;
        private final boolean centers;

        Suppression(NodeCall c) {
            boxes = c.data(0);
            scores = c.data(1);
            classes = (int) (long) scores.dims().get(1);
            count = (int) (long) boxes.dims().get(1);
            most = c.has(2) ? c.longs(2).getFirst() : 0;
            overlap = c.has(3) ? (float) c.data(3).number(0) : 0;
            lowest = c.has(4) ? c.data(4).number(0) : Double.NEGATIVE_INFINITY;
            centers = c.integer("center_point_box", 0) == 1;
        }

        TensorData selected() {
            var rows = new ArrayList<Long>();
            for (int batch = 0; batch < boxes.dims().getFirst(); batch++) {
                for (int kind = 0; kind < classes; kind++) {
                    for (int box : kept(batch, kind)) {
                        rows.addAll(List.of((long) batch, (long) kind, (long) box));
                    }
                }
            }
            return TensorData.vector(rows).reshaped(List.of(rows.size() / 3L, 3L));
        }

        private List<Integer> kept(int batch, int kind) {
            int scored = (batch * classes + kind) * count;
            List<Integer> order = IntStream.range(0, count)
                    .filter(i -> scores.number(scored + i) > lowest)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -scores.number(scored + i)))
                    .toList();
            var kept = new ArrayList<Integer>();
            for (int box : order) {
                if (kept.size() < most && kept.stream().noneMatch(k -> shared(batch, k, box) > overlap)) {
                    kept.add(box);
                }
            }
            return kept;
        }

        /** Low and high ends of a box along an axis. */
        private float[] side(int batch, int box, int axis) {
            int at = (batch * count + box) * 4 + axis;
            float a = (float) boxes.number(at);
            float b = (float) boxes.number(at + 2);
            return centers ? new float[] {a - b / 2, a + b / 2} : new float[] {Math.min(a, b), Math.max(a, b)};
        }

        /** The area that two boxes share, as a part of the area of both. */
        private float shared(int batch, int first, int second) {
            float common = 1;
            float one = 1;
            float other = 1;
            for (int axis = 0; axis < 2; axis++) {
                float[] a = side(batch, first, axis);
                float[] b = side(batch, second, axis);
                common *= Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0]));
                one *= a[1] - a[0];
                other *= b[1] - b[0];
            }
            return one <= 0 || other <= 0 || common <= 0 ? 0 : common / (one + other - common);
        }
    }
}
