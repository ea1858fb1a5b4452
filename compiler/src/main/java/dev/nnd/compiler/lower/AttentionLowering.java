package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attention and rotary positions, composed of products, softmax and moves. */
final class AttentionLowering {

    /**
     * The score of what does not count: exp of it is 0, and it is finite, so that where nothing may be attended to the
     * result is a mean and not NaN.
     */
    private static final double OUT = -1e30;

    private final GraphBuilder to;
    private final IndexArithmetic indices;
    private final RandomLowering random;

    AttentionLowering(GraphBuilder to, RandomLowering random) {
        this.to = to;
        this.indices = new IndexArithmetic(to);
        this.random = random;
    }

    /** softmax(q k^T * scale + mask + bias) v in each head; heads of k and v serve several heads of q. */
    Value attention(TypedExpr.Apply e, List<Value> in, String name) {
        Attributes attributes = Attributes.of(e);
        boolean masked = attributes.flag(0);
        boolean biased = attributes.flag(1);
        boolean causal = attributes.flag(2);
        Value q = in.get(0);
        Value k = in.get(1);
        List<Dim> scores = List.of(
                q.type().dim(0), q.type().dim(1), q.type().dim(2), k.type().dim(2));
        Value scale = scale(attributes.real(4), q);
        boolean adds = masked || biased || causal;
        Value product = to.matMul(grouped(adds ? q : to.multiply(q, scale), k), k, false, true);
        Value s = to.reshape(product, scores);
        if (adds) {
            s = to.multiply(s, scale);
            s = biased ? to.add(s, in.get(masked ? 4 : 3)) : s;
            s = masked ? limited(s, in.get(3)) : s;
            s = causal ? limited(s, causal(scores), masked) : s;
        }
        Value weights = random.dropout(to.apply("weights", new Op.Softmax(), s), attributes.real(3), List.of());
        Value result = to.apply(name, new Op.MatMul(false, false), grouped(weights, k), in.get(2));
        return to.reshape(result, e.type().dims());
    }

    private Value scale(double written, Value q) {
        DType dtype = q.type().dtype();
        return Double.isNaN(written)
                ? to.unary(UnaryFunction.RSQRT, to.size(q.type().dim(3), dtype))
                : to.constant(written, dtype);
    }

    /** The heads that one head of k serves lie side by side: with their rows they are one matrix. */
    private Value grouped(Value x, Value k) {
        Dim heads = k.type().dim(1);
        if (x.type().dim(1).equals(heads)) {
            return x;
        }
        long group = Attributes.size(x.type().dim(1)) / Attributes.size(heads);
        return to.reshape(
                x,
                List.of(
                        x.type().dim(0),
                        heads,
                        x.type().dim(2).times(group),
                        x.type().dim(3)));
    }

    /** The scores where the mask is true, else {@link #OUT}; a minimum and not a choice, since vectors serve it. */
    private Value limited(Value scores, Value mask) {
        return limited(scores, mask, true);
    }

    /** Where each query surely sees a key, the addition of 0 or {@link #OUT} does and needs nothing for its gradient. */
    private Value limited(Value scores, Value mask, boolean mayBeBlind) {
        DType dtype = scores.type().dtype();
        Value seen = to.constant(mayBeBlind ? -OUT : 0, dtype);
        Value limit = to.select(mask, seen, to.constant(OUT, dtype));
        return mayBeBlind ? to.binary(Op.BinaryFunction.MINIMUM, scores, limit) : to.add(scores, limit);
    }

    /** Query i sees the keys up to i. */
    private Value causal(List<Dim> scores) {
        Value query = indices.along(indices.range(scores.get(2), DType.I32), 0, 2);
        Value key = indices.along(indices.range(scores.get(3), DType.I32), 1, 2);
        return to.compare(Op.Comparison.GREATER_EQUAL, query, key);
    }

    /** Turns pairs of features by position * base^(-2 i / d): the two halves, or with {@code interleaved} neighbours. */
    Value rotary(TypedExpr.Apply e, List<Value> in, String name) {
        boolean interleaved = Attributes.of(e).flag(1);
        Value x = in.getFirst();
        int last = x.type().rank() - 1;
        Dim half = x.type().dim(last).floorDivide(Dim.of(2));
        Value angle = angles(Attributes.of(e).real(0), half, x, in.size() > 1 ? in.get(1) : null);
        Value cos = to.unary(UnaryFunction.COS, angle);
        Value sin = to.unary(UnaryFunction.SIN, angle);
        Value a = interleaved ? every(x, 0, half) : indices.part(x, last, Dim.ZERO, half);
        Value b = interleaved ? every(x, 1, half) : indices.part(x, last, half, half);
        Value left = to.subtract(to.multiply(a, cos), to.multiply(b, sin));
        Value right = to.add(to.multiply(b, cos), to.multiply(a, sin));
        if (!interleaved) {
            return to.apply(name, new Op.Concat(last), left, right);
        }
        var pairs = new ArrayList<>(left.type().dims());
        pairs.add(Dim.ONE);
        Value both = to.apply(new Op.Concat(last + 1), to.reshape(left, pairs), to.reshape(right, pairs));
        return to.reshape(both, x.type().dims());
    }

    /** [T, d / 2]. */
    private Value angles(double base, Dim half, Value x, @Nullable Value positions) {
        DType dtype = x.type().dtype();
        Dim steps = x.type().dim(-2);
        Value position = positions == null ? indices.range(steps, dtype) : to.cast(positions, dtype);
        Value exponent = to.multiply(
                indices.range(half, dtype), to.divide(to.constant(-Math.log(base), dtype), to.size(half, dtype)));
        Value frequency = to.unary(UnaryFunction.EXP, exponent);
        return to.multiply(indices.along(position, 0, 2), indices.along(frequency, 1, 2));
    }

    /** Every second feature. */
    private Value every(Value x, int first, Dim count) {
        var start = new ArrayList<Dim>();
        var step = new ArrayList<Integer>();
        var dims = new ArrayList<>(x.type().dims());
        for (int axis = 0; axis < dims.size(); axis++) {
            boolean last = axis == dims.size() - 1;
            start.add(last ? Dim.of(first) : Dim.ZERO);
            step.add(last ? 2 : 1);
        }
        dims.set(dims.size() - 1, count);
        return to.apply(new Op.Slice(start, step, dims), x);
    }
}
