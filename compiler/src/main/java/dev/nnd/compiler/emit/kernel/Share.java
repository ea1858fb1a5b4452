package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How threads share a kernel: it is cut along the axis of its outermost loop, or those of two, never along one that it sums over.
 *
 * @param cut what a part may begin at
 * @param count how long that axis is, or how many rows the two have, in Java
 * @param units what the whole kernel takes in hundredths of a nanosecond, in Java: a guess, which decides whether sharing
 *     pays; empty if the kernel takes a range, but must not be cut
 */
record Share(Cut cut, String count, String units) {

    /** What a part may begin at. */
    enum Cut {
        /** One part only. */
        NONE("", 0),
        /** Elements of the only axis, at whole vectors. */
        ELEMENTS("elements", 1),
        /** Elements of one of several axes, at whole vectors. */
        COLUMNS("columns", 1),
        /** Rows of any size. */
        ROWS("rows", 1),
        /** Rows of any size that the two outermost axes have together: there may be one example alone. */
        ROWS_OF_TWO_AXES("rows", 2);

        private final String call;
        private final int axes;

        Cut(String call, int axes) {
            this.call = call;
            this.axes = axes;
        }

        /** The method of a {@code SharedCall} that cuts it so. */
        String call() {
            return call;
        }

        /** How many of the outermost loops go over a part. */
        int axes() {
            return axes;
        }

        boolean isOfRows() {
            return this == ROWS || this == ROWS_OF_TWO_AXES;
        }
    }

    /** The Java variable that says how many elements there are along the only axis, padding of a layout with them. */
    static final String ELEMENTS = "elements";

    /** Not at all. */
    static final Share NONE = new Share(Cut.NONE, "", "");

    /** An access to memory, an op, a function such as exp; and how many times as long plain loops take. */
    private static final int ACCESS = 3;

    private static final int OP = 1;
    private static final int FUNCTION = 25;
    private static final int PLAIN = 8;

    /** True if threads may do parts of it. */
    boolean isPossible() {
        return !units.isEmpty();
    }

    /** By rows; {@code each} units for an element of these sizes. */
    static Share rows(String count, int each, List<String> sizes) {
        return new Share(Cut.ROWS, count, product(each, sizes));
    }

    /** Of a kernel of elementwise ops and reductions. */
    static Share ofLoops(KernelBody body) {
        int depth = body.depth();
        int outermost = IntStream.range(0, depth)
                .filter(a -> !body.reduces(a))
                .findFirst()
                .orElse(-1);
        if (outermost < 0) {
            return NONE;
        }
        // Updates are shared by those who call them.
        boolean whole = body.graph().inputs().stream().allMatch(KernelBody::isTensor) && changesAll(body, outermost);
        if (depth == 1) {
            return new Share(Cut.ELEMENTS, ELEMENTS, whole ? product(each(body), List.of(ELEMENTS)) : "");
        }
        if (!whole) {
            return NONE;
        }
        List<String> sizes = IntStream.range(0, depth).mapToObj(body::size).toList();
        boolean two = depth > 2 && outermost == 0 && !body.reduces(1) && changesAll(body, 1);
        if (two) {
            return new Share(Cut.ROWS_OF_TWO_AXES, body.size(0) + " * " + body.size(1), product(each(body), sizes));
        }
        Cut cut = outermost == depth - 1 ? Cut.COLUMNS : Cut.ROWS;
        return new Share(cut, body.size(outermost), product(each(body), sizes));
    }

    /** Whether all results change along the axis: each part would write what doesn't. */
    private static boolean changesAll(KernelBody body, int axis) {
        return body.graph().outputs().stream()
                .allMatch(p -> body.stored(p.value()).get(axis));
    }

    private static int each(KernelBody body) {
        int units = 0;
        for (Node node : body.graph().nodes()) {
            units += node.op() instanceof Op.Unary(Op.UnaryFunction function) && function.isSeries() ? FUNCTION : OP;
        }
        long ports = body.graph().inputs().stream().filter(KernelBody::isTensor).count()
                + body.graph().outputs().stream()
                        .filter(p -> p.role() != Port.Role.UPDATED)
                        .count();
        units += ACCESS * (int) ports;
        return Vectors.fit(body) ? units : PLAIN * units;
    }

    private static String product(int each, List<String> sizes) {
        boolean numbers = sizes.stream().allMatch(s -> s.chars().noneMatch(Character::isLetter)); // may be no int
        return each + (numbers ? "L" : "") + " * " + String.join(" * ", sizes);
    }
}
