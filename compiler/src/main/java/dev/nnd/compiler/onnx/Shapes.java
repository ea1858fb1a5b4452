package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Rules of shapes that more than one operator needs. */
final class Shapes {

    private Shapes() {}

    /** What is taken of an axis: {@code count} entries from {@code start} on; the step may be negative. */
    record Range(long start, long step, long count) {}

    static List<Long> broadcast(List<Long> a, List<Long> b) {
        int rank = Math.max(a.size(), b.size());
        var dims = new ArrayList<Long>();
        for (int i = 0; i < rank; i++) {
            long x = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
            long y = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
            if (x != y && x != 1 && y != 1) {
                throw new OnnxProblem("the sizes " + a + " and " + b + " do not broadcast");
            }
            dims.add(x == 1 ? y : x);
        }
        return dims;
    }

    static List<Dim> broadcastDims(List<Dim> a, List<Dim> b) {
        int rank = Math.max(a.size(), b.size());
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < rank; i++) {
            Dim x = i < rank - a.size() ? Dim.ONE : a.get(i - rank + a.size());
            Dim y = i < rank - b.size() ? Dim.ONE : b.get(i - rank + b.size());
            dims.add(x.is(1) ? y : x);
        }
        return dims;
    }

    /** Free sizes that meet in one axis are equal. */
    static void meet(List<Dim> a, List<Dim> b) {
        for (int i = 1; i <= Math.min(a.size(), b.size()); i++) {
            Dim x = a.get(a.size() - i);
            Dim y = b.get(b.size() - i);
            boolean free = x.constant().isEmpty() && y.constant().isEmpty();
            if (free && !x.equals(y)) {
                NodeCall.same(x, y);
            }
        }
    }

    /** The ranges of a {@code Slice}, by axis. */
    static Map<Integer, Range> slices(NodeCall call, List<Dim> dims) {
        boolean old = call.opset() < 10;
        List<Long> starts = old ? call.integers("starts").orElseThrow() : call.longs(1);
        List<Long> ends = old ? call.integers("ends").orElseThrow() : call.longs(2);
        List<Long> axes = old
                ? call.integers("axes").orElseGet(() -> upTo(starts.size()))
                : call.has(3) ? call.longs(3) : upTo(starts.size());
        List<Long> steps =
                call.has(4) ? call.longs(4) : starts.stream().map(s -> 1L).toList();
        var slices = new LinkedHashMap<Integer, Range>();
        for (int i = 0; i < starts.size(); i++) {
            int axis = NodeCall.axis(axes.get(i), dims.size());
            OptionalLong size = dims.get(axis).constant();
            if (size.isEmpty()) {
                throw new OnnxProblem("the axis " + axis + " has the free size " + dims.get(axis)
                        + ", and the slice needs a known one");
            }
            slices.put(axis, range(starts.get(i), ends.get(i), steps.get(i), size.getAsLong()));
        }
        return slices;
    }

    static List<Long> upTo(int count) {
        return IntStream.range(0, count).mapToObj(i -> (long) i).toList();
    }

    static Range range(long start, long end, long step, long size) {
        if (step == 0) {
            throw new OnnxProblem("the step of a slice is 0");
        }
        long from = start < 0 ? start + size : start;
        long to = end < 0 ? (end < -size ? -1 - size : end) + size : end;
        if (step > 0) {
            from = Math.clamp(from, 0, size);
            to = Math.clamp(to, 0, size);
            return new Range(from, step, Math.max(0, Math.ceilDiv(to - from, step)));
        }
        from = Math.clamp(from, -1, size - 1);
        to = Math.clamp(to, -1, size - 1);
        return new Range(from, step, Math.max(0, Math.ceilDiv(from - to, -step)));
    }
}
