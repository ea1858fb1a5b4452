package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The parameters of a kernel's method: segments, then a range or sizes, then scalars.
 *
 * @param segments names of the {@code MemorySegment} parameters: inputs, then outputs that are not in place of an input
 * @param share along which axis it takes {@code long from, long to}, if any
 * @param sizes the {@code long} parameters, in the order of the kernel's sizes
 * @param scalars names of the scalar parameters
 * @param placed true if it takes the line of the .nnd file, for the message of an index out of range
 */
record Signature(List<String> segments, Share share, List<Size> sizes, List<Scalar> scalars, boolean placed) {

    /** A {@code long} parameter: a dim over the variables of the kernel's body. */
    record Size(String name, Dim dim) {}

    /** A scalar parameter. */
    record Scalar(String type, String name) {}

    /** The signature of an elementwise or reducing kernel. */
    static Signature ofLoops(KernelBody body, List<String> variables) {
        Share share = Share.ofLoops(body);
        var used = new LinkedHashSet<String>();
        for (int axis = share.cut() == Share.Cut.ELEMENTS ? 1 : 0; axis < body.depth(); axis++) {
            used.addAll(body.axisDim(axis).variables());
        }
        for (Node node : body.graph().nodes()) {
            if (node.op() instanceof Op.Size(Dim dim, var _)) {
                used.addAll(dim.variables());
            }
        }
        List<Size> sizes = variables.stream()
                .filter(used::contains)
                .map(v -> new Size(JavaNames.member(v), Dim.variable(v)))
                .toList();
        return of(body, share, sizes, false);
    }

    /** The signature of a kernel that takes all its sizes. */
    static Signature ofSizes(KernelBody body, Share share, List<Size> sizes) {
        return of(body, share, sizes, false);
    }

    /** The signature of a kernel that takes all its sizes and checks indices. */
    static Signature ofIndices(KernelBody body, Share share, List<Size> sizes) {
        return of(body, share, sizes, true);
    }

    private static Signature of(KernelBody body, Share share, List<Size> sizes, boolean placed) {
        Set<String> segments = new LinkedHashSet<>();
        var scalars = new ArrayList<Scalar>();
        Graph graph = body.graph();
        for (Port port : graph.inputs()) {
            if (KernelBody.isTensor(port)) {
                segments.add(body.parameter(port));
            } else {
                scalars.add(new Scalar(Literals.javaType(port.value().type().dtype()), body.parameter(port)));
            }
        }
        graph.outputs().forEach(p -> segments.add(body.parameter(p)));
        return new Signature(List.copyOf(segments), share, sizes, scalars, placed);
    }

    /** True if it takes a range. */
    boolean ranged() {
        return share.cut() != Share.Cut.NONE;
    }

    /** True if its only axis is the one that it takes a range of. */
    boolean isFlat() {
        return share.cut() == Share.Cut.ELEMENTS;
    }

    /** The names to call the same kernel with, its range starting at {@code from}. */
    String arguments(String from) {
        var all = new ArrayList<>(segments);
        if (ranged()) {
            all.add(from);
            all.add("to");
        }
        sizes.forEach(s -> all.add(s.name()));
        scalars.forEach(s -> all.add(s.name()));
        if (placed) {
            all.add("place");
        }
        return String.join(", ", all);
    }
}
