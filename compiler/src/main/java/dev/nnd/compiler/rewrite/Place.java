package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * One entry of some axes of a value, and all of the others.
 *
 * @param starts by axis, the entry
 */
record Place(Map<Integer, Dim> starts) {

    Place {
        starts = Map.copyOf(starts);
    }

    /** What a slice takes, if it takes one entry of some axes and leaves the others as they are. */
    static Optional<Place> of(Node slice) {
        if (!(slice.op() instanceof Op.Slice(var start, var step, var dims))) {
            return Optional.empty();
        }
        List<Dim> all = slice.inputs().getFirst().type().dims();
        var starts = new TreeMap<Integer, Dim>();
        for (int axis = 0; axis < all.size(); axis++) {
            boolean whole = dims.get(axis).equals(all.get(axis));
            if (!whole && dims.get(axis).is(1)) {
                starts.put(axis, start.get(axis));
            } else if (!whole || !start.get(axis).is(0) || step.get(axis) != 1) {
                return Optional.empty();
            }
        }
        return starts.isEmpty() ? Optional.empty() : Optional.of(new Place(starts));
    }

    /** The last of the axes. */
    int last() {
        return starts.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
    }

    /** The dims of a value of these dims at this place. */
    List<Dim> of(List<Dim> dims) {
        var taken = new ArrayList<>(dims);
        starts.keySet().forEach(axis -> taken.set(axis, Dim.ONE));
        return taken;
    }

    /** The same entries of a value that has the axes elsewhere; axes that it lacks, at -1, are left out. */
    Place of(IntUnaryOperator axes) {
        var moved = new TreeMap<Integer, Dim>();
        starts.forEach((axis, start) -> {
            int to = axes.applyAsInt(axis);
            if (to >= 0) {
                moved.put(to, start);
            }
        });
        return new Place(moved);
    }

    /** The value at this place; where it has one entry for all along an axis, that. */
    Value take(Value x, Draft draft) {
        List<Dim> dims = x.type().dims();
        var start = new ArrayList<Dim>();
        for (int axis = 0; axis < dims.size(); axis++) {
            Dim at = starts.get(axis);
            start.add(at == null || dims.get(axis).is(1) ? Dim.of(0) : at);
        }
        List<Dim> taken = of(dims);
        return taken.equals(dims)
                ? x
                : draft.add(
                        x.name(), new Op.Slice(start, dims.stream().map(_ -> 1).toList(), taken), x);
    }
}
