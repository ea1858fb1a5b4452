package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one forward pass of a block costs, as a function of the free dims, with all layers that it calls: a layer that is
 * called twice costs twice. Conventions are those of {@link PrimitiveCost}. Every distinct block is counted once.
 */
public final class ForwardCost {

    /** What is counted. */
    public enum Measure {
        /** Floating-point operations; a multiply-add is two. */
        FLOPS,
        /** Bytes of the values that the pass computes, without inputs, weights and views. */
        ACTIVATION_BYTES,
        /** Trainable scalars; a layer counts once, however often it is called. */
        PARAMETERS
    }

    /** What an instance needs by itself, without the layers below it; the path is empty for the block itself. */
    public record Share(String path, Dim amount) {}

    /** How much a block needs, and its largest parts. */
    private record Cost(Dim total, List<Share> largest) {}

    private static final int LARGEST = 3;

    private final Measure measure;
    private final Map<String, Long> at;
    private final Map<TypedBlock, Cost> known = new IdentityHashMap<>();

    private ForwardCost(Measure measure, Map<String, Long> at) {
        this.measure = measure;
        this.at = at;
    }

    /** Floating-point operations of a forward pass. */
    public static Dim flops(TypedBlock block) {
        return of(block, Measure.FLOPS);
    }

    /** Bytes of all values that a forward pass computes. */
    public static Dim activationBytes(TypedBlock block) {
        return of(block, Measure.ACTIVATION_BYTES);
    }

    /** Either, or the number of parameters. */
    public static Dim of(TypedBlock block, Measure measure) {
        return new ForwardCost(measure, Map.of()).cost(block).total;
    }

    /** The three instances that need most, for these values of the free dims, the largest first. */
    public static List<Share> largest(TypedBlock block, Measure measure, Map<String, Long> at) {
        return new ForwardCost(measure, at).cost(block).largest;
    }

    private Cost cost(TypedBlock block) {
        Cost before = known.get(block);
        if (before != null) {
            return before;
        }
        Dim own = own(block);
        Dim total = own;
        var shares = new ArrayList<Share>();
        shares.add(new Share("", own));
        Map<String, Long> calls = calls(block);
        for (TypedBlock.Layer layer : block.layers()) {
            Cost one = cost(layer.block());
            Dim times = Dim.of(measure == Measure.PARAMETERS ? 1 : calls.getOrDefault(layer.name(), 0L));
            for (Share share : one.largest) {
                String path = share.path.isEmpty() ? layer.name() : layer.name() + "." + share.path;
                shares.add(new Share(path, share.amount.times(times)));
            }
            if (measure == Measure.PARAMETERS) {
                total = total.plus(one.total);
            }
        }
        if (measure != Measure.PARAMETERS) {
            for (TypedBlock.Binding binding : block.body()) {
                if (binding instanceof TypedBlock.Binding.Call call) {
                    total = total.plus(cost(call.block()).total);
                }
            }
        }
        shares.sort(Comparator.comparingDouble((Share s) -> size(s.amount)).reversed());
        var cost = new Cost(total, List.copyOf(shares.subList(0, Math.min(LARGEST, shares.size()))));
        known.put(block, cost);
        return cost;
    }

    private double size(Dim amount) {
        if (!at.keySet().containsAll(amount.variables())) {
            return amount.terms().stream().mapToDouble(t -> t.coefficient()).sum();
        }
        try {
            return amount.evaluate(at);
        } catch (ArithmeticException large) {
            return Double.MAX_VALUE;
        }
    }

    private static Map<String, Long> calls(TypedBlock block) {
        var calls = new HashMap<String, Long>();
        for (TypedBlock.Binding binding : block.body()) {
            if (binding instanceof TypedBlock.Binding.Call call) {
                calls.merge(call.layer(), 1L, Long::sum);
            }
        }
        return calls;
    }

    private Dim own(TypedBlock block) {
        if (measure == Measure.PARAMETERS) {
            return ParameterCount.own(block);
        }
        Dim sum = Dim.ZERO;
        for (TypedBlock.Binding binding : block.body()) {
            switch (binding) {
                case TypedBlock.Binding.Value v -> sum = sum.plus(of(v.value()));
                case TypedBlock.Binding.Call c -> {
                    for (TypedExpr operand : c.operands()) {
                        sum = sum.plus(of(operand));
                    }
                }
            }
        }
        for (TypedBlock.Output output : block.outputs()) {
            sum = sum.plus(of(output.value()));
        }
        return sum;
    }

    private Dim of(TypedExpr expr) {
        if (!(expr instanceof TypedExpr.Apply apply)) {
            return Dim.ZERO;
        }
        Dim sum = measure == Measure.FLOPS ? PrimitiveCost.flops(apply) : PrimitiveCost.bytes(apply);
        for (TypedExpr operand : apply.operands()) {
            sum = sum.plus(of(operand));
        }
        return sum;
    }
}
