package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what goes over rows: reductions over the last axes, softmax, and the elementwise ops before, between and behind
 * them, over equal rows. A normalization, forward or backward, or scaled and masked scores with their softmax become one
 * kernel each, however they are written; a row is read from memory once.
 */
final class RowFusion {

    /** Larger kernels are slower: the JIT compilers give up on them. In the units of {@link KernelSize}. */
    private static final int LARGEST = 30;

    private static final class Group {
        private final RowShape rows;
        private final boolean forward;
        private final TreeSet<Integer> nodes = new TreeSet<>();

        private Group(RowShape rows, boolean forward, int seed) {
            this.rows = rows;
            this.forward = forward;
            nodes.add(seed);
        }
    }

    private final Graph graph;
    private final List<Boolean> forward;
    private final Map<Value, Integer> producers = new HashMap<>();
    private final Map<Value, Set<Integer>> users = new HashMap<>();
    private final Set<Value> ports = new HashSet<>();
    private final Map<Integer, Group> groupOf = new HashMap<>();

    private RowFusion(Graph graph, List<Boolean> forward) {
        this.graph = graph;
        this.forward = forward;
        for (int i = 0; i < graph.nodes().size(); i++) {
            int index = i;
            node(i).outputs().forEach(v -> producers.put(v, index));
            node(i).inputs()
                    .forEach(v -> users.computeIfAbsent(v, k -> new TreeSet<>()).add(index));
        }
        graph.outputs().stream().map(Port::value).forEach(ports::add);
    }

    /** The nodes of each group by index, sorted. */
    static List<List<Integer>> groups(Graph graph, List<Boolean> forward) {
        var fusion = new RowFusion(graph, forward);
        var found = new ArrayList<List<Integer>>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Group group = fusion.grown(i);
            if (group != null && fusion.pays(group)) {
                found.add(List.copyOf(group.nodes));
            } else if (group != null) {
                group.nodes.forEach(fusion.groupOf::remove);
            }
        }
        return found;
    }

    private Node node(int index) {
        return graph.nodes().get(index);
    }

    /** The group that grows from a node; null if it is no reduction of rows or is in one already. */
    private @Nullable Group grown(int seed) {
        RowShape rows = groupOf.containsKey(seed) ? null : RowShape.reducedBy(node(seed));
        if (rows == null) {
            return null;
        }
        var group = new Group(rows, forward.get(seed), seed);
        groupOf.put(seed, group);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int candidate : neighbours(group)) {
                changed |= joins(candidate, group);
            }
        }
        return group;
    }

    /** One reduction whose result is all that leaves the group is served by the kernels that reduce. */
    private boolean pays(Group group) {
        long reductions = group.nodes.stream()
                .filter(i -> RowShape.reducedBy(node(i)) != null)
                .count();
        boolean softmax = group.nodes.stream().anyMatch(i -> RowShape.isSoftmax(node(i).op()));
        boolean wide = group.nodes.stream()
                .map(i -> node(i).output())
                .anyMatch(v -> group.rows.isWide(v) && isUsedOutside(v, group));
        return softmax || reductions > 1 || wide;
    }

    private boolean isUsedOutside(Value value, Group group) {
        return ports.contains(value)
                || users(value).stream().anyMatch(u -> !group.nodes.contains(u) && !isAlias(u, group));
    }

    /** True for a reshape of one number a row that only the group reads. */
    private boolean isAlias(int index, Group group) {
        return isReshapeOfRows(index, group) && !isUsedOutside(node(index).output(), group);
    }

    private boolean isReshapeOfRows(int index, Group group) {
        return node(index).op() instanceof Op.Reshape
                && group.rows.isNarrow(node(index).inputs().getFirst())
                && group.rows.isNarrow(node(index).output());
    }

    private Set<Integer> users(Value value) {
        return users.getOrDefault(value, Set.of());
    }

    private List<Integer> neighbours(Group group) {
        var found = new TreeSet<Integer>();
        for (int member : group.nodes) {
            node(member).inputs().forEach(v -> addProducer(v, group, found));
            addUsers(node(member).output(), group, found);
        }
        return found.stream().filter(i -> !groupOf.containsKey(i)).toList();
    }

    private void addProducer(Value value, Group group, Set<Integer> found) {
        Integer producer = producers.get(value);
        if (producer == null) {
            return;
        }
        if (isReshapeOfRows(producer, group)) {
            addProducer(node(producer).inputs().getFirst(), group, found);
        } else {
            found.add(producer);
        }
    }

    private void addUsers(Value value, Group group, Set<Integer> found) {
        for (int user : users(value)) {
            if (isReshapeOfRows(user, group)) {
                addUsers(node(user).output(), group, found);
            } else {
                found.add(user);
            }
        }
    }

    /** Takes a node into a group, with the comparisons that it alone reads, if they fit. */
    private boolean joins(int index, Group group) {
        if (groupOf.containsKey(index)) {
            return false;
        }
        var together = new ArrayList<>(List.of(index));
        addComparisons(index, together);
        for (int node : together) {
            group.nodes.add(node);
            groupOf.put(node, group);
        }
        boolean fits = KernelSize.of(graph, group.nodes) <= LARGEST
                && together.stream().allMatch(i -> fits(i, group))
                && inOrder(group);
        if (!fits) {
            group.nodes.removeAll(together);
            together.forEach(groupOf::remove);
        }
        return fits;
    }

    private void addComparisons(int index, List<Integer> together) {
        for (Value input : node(index).inputs()) {
            Integer producer = producers.get(input);
            if (producer != null
                    && input.type().dtype() == DType.BOOL
                    && input.type().rank() > 0
                    && !groupOf.containsKey(producer)
                    && !together.contains(producer)
                    && together.containsAll(users(input))) {
                together.add(producer);
                addComparisons(producer, together);
            }
        }
    }

    private boolean fits(int index, Group group) {
        if (forward.get(index) != group.forward || node(index).outputs().size() > 1) {
            return false;
        }
        RowShape reduced = RowShape.reducedBy(node(index));
        return reduced != null ? reduced.equals(group.rows) : isElementwiseOfRows(index, group);
    }

    private boolean isElementwiseOfRows(int index, Group group) {
        Node node = node(index);
        if (Unit.form(node.op()) != Unit.Form.ELEMENTWISE
                || node.output().type().rank() == 0) {
            return false;
        }
        if (group.rows.isWide(node.output())) {
            return fitsVectors(node, group) && node.inputs().stream().noneMatch(v -> isDropped(v, group));
        }
        boolean dropped = group.rows.isDropped(node.output()) && !group.rows.isAmbiguous();
        return (dropped || group.rows.isKept(node.output()))
                && node.output().type().dtype() == group.rows.dtype()
                && node.inputs().stream()
                        .allMatch(v -> v.type().rank() == 0
                                || (dropped ? isDropped(v, group) : !isDropped(v, group) && isOfRowType(v, group)));
    }

    private static boolean isOfRowType(Value value, Group group) {
        return value.type().dtype() == group.rows.dtype();
    }

    /** True for one number a row, its axes gone, that the group makes. */
    private boolean isDropped(Value value, Group group) {
        Integer producer = producers.get(value);
        return group.rows.isDropped(value)
                && producer != null
                && (groupOf.get(producer) == group || isReshapeOfRows(producer, group));
    }

    /** Vectors hold numbers of one dtype, and truth values that do not leave the kernel. */
    private boolean fitsVectors(Node node, Group group) {
        boolean operands = node.inputs().stream()
                .allMatch(v -> v.type().rank() == 0
                        ? node.op() instanceof Op.Broadcast || v.type().dtype() != DType.BOOL
                        : isOfRowType(v, group) || isOwnTruth(v, group));
        boolean truth = node.output().type().dtype() == DType.BOOL && group.nodes.containsAll(users(node.output()));
        boolean made = isOfRowType(node.output(), group) || (truth && !ports.contains(node.output()));
        boolean function = !(node.op() instanceof Op.Binary(Op.BinaryFunction f)
                && (f == Op.BinaryFunction.FLOOR_DIVIDE || f == Op.BinaryFunction.REMAINDER));
        return operands && made && function;
    }

    /** True for truth values that a comparison makes for this group alone. */
    private boolean isOwnTruth(Value value, Group group) {
        Integer producer = producers.get(value);
        return value.type().dtype() == DType.BOOL && producer != null && groupOf.get(producer) == group;
    }

    /** True if nothing outside needs a result before the place of the last node, where the group runs. */
    private boolean inOrder(Group group) {
        int last = group.nodes.last();
        return group.nodes.stream().allMatch(m -> usedLater(node(m).output(), group.nodes, last));
    }

    private boolean usedLater(Value value, Set<Integer> members, int last) {
        for (int user : users(value)) {
            if (members.contains(user)) {
                continue;
            }
            Group owner = groupOf.get(user);
            boolean later = node(user).op() instanceof Op.Reshape
                    ? usedLater(node(user).output(), members, last)
                    : (owner == null ? user : owner.nodes.last()) > last;
            if (!later) {
                return false;
            }
        }
        return true;
    }

    /**
     * The rows that a reduction goes over.
     *
     * @param dims of what it reads
     * @param axes how many of the last of them it takes away
     * @param dtype of the elements
     */
    record RowShape(List<Dim> dims, int axes, DType dtype) {

        /** The rows of a reduction over the last axes or a softmax; null for any other op, and for one row alone. */
        static @Nullable RowShape reducedBy(Node node) {
            int count;
            if (isSoftmax(node.op())) {
                count = 1;
            } else if (node.op() instanceof Op.Reduce reduce && isLast(reduce, node)) {
                count = reduce.axes().size();
            } else {
                return null;
            }
            List<Dim> dims = node.inputs().getFirst().type().dims();
            DType dtype = node.inputs().getFirst().type().dtype();
            int rows = dims.size() - count;
            boolean several = rows > 0 && dims.subList(0, rows).stream().anyMatch(d -> !d.is(1));
            boolean wide = dims.subList(rows, dims.size()).stream().anyMatch(d -> !d.is(1));
            return several && wide && dtype.isFloat() ? new RowShape(dims, count, dtype) : null;
        }

        static boolean isSoftmax(Op op) {
            return op instanceof Op.Softmax || op instanceof Op.LogSoftmax;
        }

        private static boolean isLast(Op.Reduce reduce, Node node) {
            int rank = node.inputs().getFirst().type().rank();
            int count = reduce.axes().size();
            return reduce.axes()
                    .equals(IntStream.range(rank - count, rank).boxed().toList());
        }

        boolean isWide(Value value) {
            return value.type().dims().equals(dims);
        }

        /** One number a row, the axes as 1. */
        boolean isKept(Value value) {
            return value.type().dims().equals(kept());
        }

        /** The dims of one number a row, the axes as 1. */
        List<Dim> kept() {
            var kept = new ArrayList<>(dims);
            IntStream.range(dims.size() - axes, dims.size()).forEach(axis -> kept.set(axis, Dim.ONE));
            return kept;
        }

        /** True if one number a row, its axes gone, can't be told from one number a column: [N] of [N, N]. */
        boolean isAmbiguous() {
            int rows = dims.size() - axes;
            return dims.subList(0, rows).equals(dims.subList(axes, dims.size()));
        }

        /** One number a row, without the axes. */
        boolean isDropped(Value value) {
            return value.type().dims().equals(dims.subList(0, dims.size() - axes));
        }

        boolean isNarrow(Value value) {
            return isKept(value) || isDropped(value);
        }
    }
}
