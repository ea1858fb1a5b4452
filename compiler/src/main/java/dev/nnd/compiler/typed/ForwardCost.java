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
 * called twice costs twice, and one that a {@code scan} calls costs once a step. Conventions are those of
 * {@link PrimitiveCost}. Every distinct block is counted once.
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
        Counted counted = counted(block);
        Dim total = counted.own;
        var shares = new ArrayList<Share>();
        shares.add(new Share("", counted.own));
        for (TypedBlock.Layer layer : block.layers()) {
            Cost one = cost(layer.block());
            Dim times = measure == Measure.PARAMETERS ? Dim.ONE : counted.calls.getOrDefault(layer.name(), Dim.ZERO);
            for (Share share : one.largest) {
                String path = share.path.isEmpty() ? layer.name() : layer.name() + "." + share.path;
                shares.add(new Share(path, share.amount.times(times)));
            }
            if (measure == Measure.PARAMETERS) {
                total = total.plus(one.total);
            }
        }
        total = total.plus(counted.called);
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

    /**
     * @param own what the block computes itself
     * @param called what the calls in it cost
     * @param calls how often each layer is called
     */
    private record Counted(Dim own, Dim called, Map<String, Dim> calls) {}

    private Counted counted(TypedBlock block) {
        if (measure == Measure.PARAMETERS) {
            return new Counted(ParameterCount.own(block), Dim.ZERO, Map.of());
        }
        var steps = new ScanSteps(measure == Measure.FLOPS ? PrimitiveCost::flops : PrimitiveCost::bytes);
        Dim called = Dim.ZERO;
        var calls = new HashMap<String, Dim>();
        for (TypedBlock.Binding binding : block.body()) {
            switch (binding) {
                case TypedBlock.Binding.Value v -> steps.bind(v);
                case TypedBlock.Binding.Call call -> {
                    Dim times = steps.bind(call);
                    called = called.plus(cost(call.block()).total.times(times));
                    calls.merge(call.layer(), times, Dim::plus);
                }
            }
        }
        block.outputs().forEach(o -> steps.count(o.value()));
        return new Counted(steps.cost(), called, calls);
    }
}
