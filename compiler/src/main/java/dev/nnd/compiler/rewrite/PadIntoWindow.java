package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Zeros around an image are the padding of the convolution or of the mean that alone reads them, uneven ones too.
 *
 * <pre>
 * before  conv(pad(x, low, high, 0), w)
 * after   conv(x, w) pad low, high
 * </pre>
 */
record PadIntoWindow() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        return switch (node.op()) {
            case Op.Convolution o -> padded(node, o.window(), graph);
            case Op.Pool o
            when o.function() == Op.PoolFunction.AVERAGE && unpadded(o.window()) -> padded(node, o.window(), graph);
            default -> Optional.empty();
        };
    }

    private static Optional<Replacement> padded(Node node, Op.Window window, Neighbourhood graph) {
        return graph.soleProducer(node.inputs().getFirst(), Op.Pad.class).flatMap(pad -> {
            var op = (Op.Pad) pad.op();
            List<Integer> low = sizes(op.low());
            List<Integer> high = sizes(op.high());
            boolean zeros = op.value() == 0 && op.interior().stream().allMatch(i -> i == 0);
            if (!zeros
                    || !fits(low)
                    || !fits(high)
                    || !(node.op() instanceof Op.Convolution || within(window, low, high))) {
                return Optional.empty();
            }
            var padded = new Op.Window(
                    window.kernel(),
                    window.stride(),
                    sum(window.padBefore(), low),
                    sum(window.padAfter(), high),
                    window.dilation(),
                    window.ceil());
            var operands = new ArrayList<>(node.inputs());
            operands.set(0, pad.inputs().getFirst());
            Draft draft = graph.replace(node);
            return draft.by(draft.add(node.output().name(), with(node.op(), padded), operands));
        });
    }

    private static boolean unpadded(Op.Window window) {
        return !window.ceil()
                && window.padBefore().stream().allMatch(p -> p == 0)
                && window.padAfter().stream().allMatch(p -> p == 0);
    }

    private static Op with(Op op, Op.Window window) {
        return op instanceof Op.Convolution o
                ? new Op.Convolution(window, o.groups(), o.bias(), o.scaled(), o.added(), o.relu())
                : new Op.Pool(Op.PoolFunction.AVERAGE_WITH_PADDING, window, false);
    }

    /** -1 for what is not known at compile time. */
    private static List<Integer> sizes(List<Dim> dims) {
        return dims.stream()
                .map(Dim::constant)
                .map(c -> c.isPresent() && c.getAsLong() < Integer.MAX_VALUE / 4 ? (int) c.getAsLong() : -1)
                .toList();
    }

    /** Nothing around examples and channels, and something known around the image. */
    private static boolean fits(List<Integer> sizes) {
        return sizes.get(0) == 0 && sizes.get(1) == 0 && sizes.stream().allMatch(s -> s >= 0);
    }

    /** The padding of a pool is smaller than its kernel. */
    private static boolean within(Op.Window window, List<Integer> low, List<Integer> high) {
        for (int axis = 0; axis < window.axes(); axis++) {
            if (Math.max(low.get(2 + axis), high.get(2 + axis))
                    >= window.kernel().get(axis)) {
                return false;
            }
        }
        return true;
    }

    private static List<Integer> sum(List<Integer> padding, List<Integer> sizes) {
        var sums = new ArrayList<Integer>();
        for (int axis = 0; axis < padding.size(); axis++) {
            sums.add(padding.get(axis) + sizes.get(2 + axis));
        }
        return sums;
    }
}
