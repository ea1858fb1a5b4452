package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the loops of an elementwise or reducing kernel need to know of its graph: the axes of its loop nest, which axes a
 * value changes along, and how often it is used.
 */
final class KernelBody {

    private final Graph graph;
    private final List<Dim> space;
    private final @Nullable Node reduction;
    private final Map<Integer, BitSet> axes = new HashMap<>();
    private final Set<Integer> reduced = new HashSet<>();
    private final DimCode sizes;
    private final Map<Port, String> parameters = new LinkedHashMap<>();
    private final Map<String, String> addresses = new HashMap<>();

    /**
     * A body with names for its parameters.
     *
     * @param sizes the variables of its dims
     * @param names a scope for the parameters of the method
     */
    KernelBody(Graph graph, List<String> sizes, JavaNames names) {
        this.graph = graph;
        nameParameters(names);
        this.sizes = DimCode.ofLongs(sizes);
        this.reduction = graph.nodes().stream()
                .filter(n -> n.op() instanceof Op.Reduce)
                .findFirst()
                .orElse(null);
        this.space = space();
    }

    /** Finds the axes along which values change; for kernels of elementwise ops and reductions. */
    KernelBody analyse() {
        graph.inputs().forEach(p -> axes.put(p.value().id(), stored(p.value())));
        graph.nodes().forEach(this::place);
        return this;
    }

    Graph graph() {
        return graph;
    }

    /** The reduction; null for an elementwise kernel. */
    @Nullable
    Node reduction() {
        return reduction;
    }

    /** How many axes the loop nest has. */
    int depth() {
        return space.size();
    }

    /** The size of an axis in Java. */
    String size(int axis) {
        return sizes.code(space.get(axis));
    }

    /** The dim of an axis. */
    Dim axisDim(int axis) {
        return space.get(axis);
    }

    /** The value of a dim in Java, of type long. */
    String dim(Dim dim) {
        return sizes.product(List.of(dim));
    }

    /** True if the axis is reduced. */
    boolean reduces(int axis) {
        return reduction != null
                && reduction.op() instanceof Op.Reduce r
                && r.axes().contains(axis);
    }

    /** The axes along which a value changes; a broadcast value changes along its operand's only. */
    BitSet axes(Value value) {
        BitSet found = axes.get(value.id());
        if (found == null) {
            throw new IllegalArgumentException(value + " is not made in the kernel " + graph.name());
        }
        return found;
    }

    /** True for the reduction's result and all that is computed from it. */
    boolean afterReduction(Value value) {
        return reduced.contains(value.id());
    }

    /** How often a value is named by the expressions and stores that use it. */
    int uses(Value value, boolean vector) {
        int uses = (int)
                graph.outputs().stream().filter(p -> p.value().equals(value)).count();
        for (Node node : graph.nodes()) {
            int each = vector ? VectorCode.uses(node.op()) : ScalarCode.uses(node.op());
            uses += each * Collections.frequency(node.inputs(), value);
        }
        return uses;
    }

    /** The index of a value's element in row-major order without its last axis, such as {@code i * columns}; empty for none. */
    String rowIndex(Value value, List<String> variables) {
        List<Integer> present = stored(value).stream().boxed().toList();
        String index = "";
        for (int axis : present.subList(0, Math.max(0, present.size() - 1))) {
            index = index.isEmpty()
                    ? variables.get(axis)
                    : "(" + index + " * " + size(axis) + " + " + variables.get(axis) + ")";
        }
        return index.isEmpty() ? "" : index + " * " + size(present.getLast());
    }

    /** Ports that are tensors. */
    static boolean isTensor(Port port) {
        return port.role() != Port.Role.SCALAR;
    }

    /** The Java parameter of a port; an UPDATED port has that of the input of its name. */
    String parameter(Port port) {
        String name = parameters.get(port);
        if (name == null) {
            throw new IllegalArgumentException(port + " is not of the kernel " + graph.name());
        }
        return name;
    }

    /** The Java variable that holds the address of a port's memory. */
    String address(Port port) {
        return addresses.getOrDefault(parameter(port), "");
    }

    /** The statements that take the addresses of all segments, given how many bytes each kernel call uses of a port. */
    String addresses(Function<Port, String> bytes) {
        var lines = new Lines();
        var known = new HashSet<String>();
        var ports = new ArrayList<>(graph.inputs());
        ports.addAll(graph.outputs());
        for (Port port : ports) {
            if (isTensor(port) && known.add(parameter(port))) {
                lines.add("long " + address(port) + " = NativeMemory.address(" + parameter(port) + ", "
                        + bytes.apply(port) + ")");
            }
        }
        return lines.toString();
    }

    /** How many bytes the loops use of a port: {@code 4 * rows * columns}. */
    String bytes(Port port, boolean ranged) {
        var text =
                new StringBuilder(Integer.toString(port.value().type().dtype().bytes()));
        stored(port.value()).stream().forEach(axis -> text.append(" * ").append(ranged ? "to" : size(axis)));
        return text.toString();
    }

    private void nameParameters(JavaNames names) {
        var byName = new HashMap<String, String>();
        for (Port port : graph.inputs()) {
            String name = names.unique(JavaNames.member(port.name()));
            byName.putIfAbsent(port.name(), name);
            parameters.put(port, name);
        }
        for (Port port : graph.outputs()) {
            String shared = port.role() == Port.Role.UPDATED ? byName.get(port.name()) : null;
            parameters.put(port, shared == null ? names.unique(JavaNames.member(port.name())) : shared);
        }
        for (String parameter : parameters.values()) {
            addresses.computeIfAbsent(parameter, p -> names.unique(p + "At"));
        }
    }

    private List<Dim> space() {
        if (reduction != null) {
            return reduction.inputs().getFirst().type().dims();
        }
        List<Dim> result = List.of();
        for (Port port : graph.outputs()) {
            List<Dim> dims = port.value().type().dims();
            result = dims.size() > result.size() ? dims : result;
        }
        return result;
    }

    /** The axes along which the memory of an input or output goes. */
    BitSet stored(Value value) {
        var own = new BitSet();
        List<Dim> dims = value.type().dims();
        List<Integer> kept = new ArrayList<>();
        boolean result = reduction != null && afterReduction(value);
        for (int axis = 0; axis < space.size(); axis++) {
            if (!result || !reduces(axis)) {
                kept.add(axis);
            }
        }
        boolean keptAsOne = result && dims.size() == space.size();
        for (int i = 1; i <= dims.size(); i++) {
            boolean changes = !dims.get(dims.size() - i).is(1);
            if (changes) {
                own.set(keptAsOne ? space.size() - i : kept.get(kept.size() - i));
            }
        }
        return own;
    }

    private void place(Node node) {
        var along = new BitSet();
        boolean after = node.op() instanceof Op.Reduce;
        for (Value input : node.inputs()) {
            along.or(axes(input));
            after |= afterReduction(input);
        }
        if (node.op() instanceof Op.Reduce) {
            along.andNot(reducedAxes());
        }
        for (Value output : node.outputs()) {
            axes.put(output.id(), along);
            if (after) {
                reduced.add(output.id());
            }
        }
    }

    private BitSet reducedAxes() {
        var set = new BitSet();
        IntStream.range(0, depth()).filter(this::reduces).forEach(set::set);
        return set;
    }
}
