package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Divides the rows of a source: every row gets exactly one part, so that parts can't overlap. */
final class Splitter {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final int MOST_PARTS = 100;

    private final Dataset dataset;
    private final SplitSpec split;
    private final int fold;
    private final RowStore store;
    private final int n;
    /** Shares up to and with each part, from above 0 to 1. */
    private final double[] shares;

    /** @param fold of a split into folds the one that is left out of training, from 0 */
    Splitter(Dataset dataset, SplitSpec split, int fold, RowStore store) {
        this.dataset = dataset;
        this.split = split;
        this.fold = fold;
        this.store = store;
        this.n = store.rows();
        this.shares = split.folds() > 0 ? equalShares(split.folds()) : shares(split);
    }

    private static double[] equalShares(int folds) {
        return IntStream.rangeClosed(1, folds)
                .mapToDouble(k -> (double) k / folds)
                .toArray();
    }

    private static double[] shares(SplitSpec split) {
        var shares = new double[split.parts().size()];
        double sum = 0;
        for (int k = 0; k < shares.length; k++) {
            sum += split.parts().get(k).percent();
            shares[k] = sum / 100;
        }
        if (Math.abs(sum - 100) > 1e-6 || shares.length == 0 || shares.length > MOST_PARTS) {
            throw new IllegalArgumentException("the parts of " + split.source() + " add up to " + sum + "%, not 100%");
        }
        shares[shares.length - 1] = 1;
        return shares;
    }

    /** The parts, each with its rows in the order of the source. */
    List<RowSet> parts(Spill spill) {
        try (var arena = Arena.ofConfined()) {
            var partOf = arena.allocate(Math.max(1, n));
            assign(arena, partOf);
            if (split.folds() > 0) {
                leaveOut(partOf);
            }
            var sizes = new int[split.parts().size()];
            for (int row = 0; row < n; row++) {
                sizes[partOf.get(ValueLayout.JAVA_BYTE, row)]++;
            }
            var parts = new ArrayList<RowSet>();
            for (int k = 0; k < sizes.length; k++) {
                parts.add(part(k, sizes[k], partOf, spill));
            }
            return parts;
        }
    }

    /** The rows of one fold are the second part, all others the first. */
    private void leaveOut(MemorySegment partOf) {
        for (int row = 0; row < n; row++) {
            byte part = partOf.get(ValueLayout.JAVA_BYTE, row);
            partOf.set(ValueLayout.JAVA_BYTE, row, (byte) (part == fold ? 1 : 0));
        }
    }

    private RowSet part(int k, int size, MemorySegment partOf, Spill spill) {
        var part = split.parts().get(k);
        if (size == 0) {
            throw empty(part);
        }
        var rows = spill.allocate(4L * size);
        for (int row = 0, at = 0; row < n; row++) {
            if (partOf.get(ValueLayout.JAVA_BYTE, row) == k) {
                rows.setAtIndex(INT, at++, row);
            }
        }
        return RowSet.part(part.name(), store, rows, size);
    }

    private NndException empty(SplitSpec.Part part) {
        String what = "The split `" + part.name() + "` of " + dataset.name() + " is empty: ";
        if (split.groupedBy() != null) {
            return new NndException(
                    what + "`" + split.groupedBy() + "` has fewer values in the " + n + " rows of `" + split.source()
                            + "` than the split has parts.",
                    "group by a field with more values",
                    null);
        }
        return new NndException(
                what + part.percent() + "% of the " + n + " rows of `" + split.source() + "` is less than one row"
                        + (split.stratifiedBy() == null ? "." : " in every class of `" + split.stratifiedBy() + "`."),
                "give the source more rows, or the split a larger share",
                null);
    }

    private void assign(Arena arena, MemorySegment partOf) {
        var order = arena.allocate(Math.max(4, 4L * n), 4);
        if (split.inOrder()) {
            Shuffle.identity(order, n);
        } else {
            Shuffle.fill(order, n, split.seed(), 0);
        }
        var by = split.stratifiedBy();
        var group = split.groupedBy();
        if (group != null) {
            new GroupedParts(dataset, fieldOf(group), store, order, shares).assign(partOf);
        } else if (by == null) {
            cut(order, 0, n, new double[shares.length], partOf);
        } else {
            assignByClass(arena, by, order, partOf);
        }
    }

    /** Groups the drawn order by class, keeping the order within a class, then cuts every class by itself. */
    private void assignByClass(Arena arena, String by, MemorySegment order, MemorySegment partOf) {
        int field = fieldNamed(by);
        var labels = arena.allocate(Math.max(4, 4L * n), 4);
        int classes = 0;
        var row = store.cursor();
        for (int i = 0; i < n; i++) {
            dataset.encode(field, row.seek(i), labels, i);
            classes = Math.max(classes, labels.getAtIndex(INT, i) + 1);
        }
        var end = new int[classes + 1];
        for (int i = 0; i < n; i++) {
            end[labels.getAtIndex(INT, i) + 1]++;
        }
        for (int c = 1; c <= classes; c++) {
            end[c] += end[c - 1];
        }
        var next = end.clone();
        var grouped = arena.allocate(Math.max(4, 4L * n), 4);
        for (int i = 0; i < n; i++) {
            int r = order.getAtIndex(INT, i);
            grouped.setAtIndex(INT, next[labels.getAtIndex(INT, r)]++, r);
        }
        var carry = new double[shares.length];
        for (int c = 0; c < classes; c++) {
            cut(grouped, end[c], end[c + 1], carry, partOf);
        }
    }

    private int fieldOf(String name) {
        for (int f = 0; f < dataset.fields().size(); f++) {
            if (dataset.fields().get(f).name().equals(name)) {
                return f;
            }
        }
        throw new IllegalArgumentException(dataset.name() + " has no field " + name);
    }

    private int fieldNamed(String name) {
        var fields = dataset.fields();
        for (int f = 0; f < fields.size(); f++) {
            if (fields.get(f).name().equals(name) && fields.get(f).labelNames() != null) {
                return f;
            }
        }
        throw new NndException("The split of `" + split.source() + "` of " + dataset.name() + " is stratified by `"
                + name + "`, which is no label field.");
    }

    /** Gives the rows in positions {@code from} to {@code to} to parts; {@code carry} is what rounding owes each boundary. */
    private void cut(MemorySegment order, int from, int to, double[] carry, MemorySegment partOf) {
        int start = from;
        for (int k = 0; k < shares.length; k++) {
            double exact = (to - from) * shares[k] + carry[k];
            int stop = k == shares.length - 1 ? to : from + Math.clamp(Math.round(exact), start - from, to - from);
            carry[k] = Math.clamp(exact - (stop - from), -1, 1);
            for (int i = start; i < stop; i++) {
                partOf.set(ValueLayout.JAVA_BYTE, order.getAtIndex(INT, i), (byte) k);
            }
            start = stop;
        }
    }
}
