package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * {@code pad(x, [1, 2], axis: 1)}: entries before and behind. One int stands for both sides; a list of pairs has one for
 * each axis. The modes are {@code constant}, {@code reflect} and {@code replicate}.
 */
final class PadRule {

    private PadRule() {}

    static Val pad(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<String> mode = call.word("mode", "constant", List.of("constant", "reflect", "replicate"));
        Optional<Double> value = call.has("value") ? call.number("value") : Optional.of(0.0);
        if (x.isEmpty() || mode.isEmpty() || value.isEmpty()) {
            return Val.POISON;
        }
        Optional<List<Integer>> axes = axes(call, x.get());
        Optional<List<List<Dim>>> amounts = axes.flatMap(a -> amounts(call, a.size()));
        return amounts.isPresent()
                ? pad(x.get(), axes.get(), amounts.get(), mode.get(), value.get(), call)
                : Val.POISON;
    }

    private static Optional<List<Integer>> axes(BuiltinCall call, Val.Tensor x) {
        int rank = x.type().rank();
        if (call.has("axis")) {
            return Axes.several(call, x);
        }
        boolean pairs = call.value("amount") instanceof Val.Const(Constant.ListOf(List<Constant> items))
                && !items.isEmpty()
                && items.stream().allMatch(i -> i instanceof Constant.ListOf);
        return pairs
                ? Optional.of(IntStream.range(0, rank).boxed().toList())
                : Axes.needed(call, x).map(List::of);
    }

    /** Before and behind for each axis. */
    private static Optional<List<List<Dim>>> amounts(BuiltinCall call, int axes) {
        if (!(call.value("amount") instanceof Val.Const(Constant written))) {
            return wrong(call);
        }
        var amounts = new ArrayList<List<Dim>>();
        boolean pairs = written instanceof Constant.ListOf(List<Constant> items)
                && !items.isEmpty()
                && items.stream().allMatch(i -> i instanceof Constant.ListOf);
        for (int i = 0; i < axes; i++) {
            Constant one = written;
            if (pairs && written instanceof Constant.ListOf(List<Constant> items)) {
                if (items.size() != axes) {
                    call.fail(Diagnostic.error(
                            "NND0362",
                            call.span("amount"),
                            "`pad` has " + items.size() + (items.size() == 1 ? " pair" : " pairs") + " for " + axes
                                    + (axes == 1 ? " axis" : " axes")));
                    return Optional.empty();
                }
                one = items.get(i);
            }
            Optional<Constant> pair = Kinds.perAxis(one, 2);
            if (pair.isEmpty() || !(pair.get() instanceof Constant.ListOf(List<Constant> both))) {
                return wrong(call);
            }
            amounts.add(both.stream().map(k -> ((Constant.Int) k).value()).toList());
        }
        return Optional.of(amounts);
    }

    private static <T> Optional<T> wrong(BuiltinCall call) {
        if (!(call.value("amount") instanceof Val.Poison)) {
            call.fail(Diagnostic.error(
                            "NND0205",
                            call.span("amount"),
                            "`amount` of `pad` takes an int, a list of two ints, or a list of such lists, got "
                                    + Val.describe(call.value("amount")))
                    .help("write `pad(x, [1, 2], axis: 1)`"));
        }
        return Optional.empty();
    }

    private static Val pad(
            Val.Tensor x, List<Integer> axes, List<List<Dim>> amounts, String mode, double value, BuiltinCall call) {
        TensorType type = x.type();
        var before = new ArrayList<>(zeros(type.rank()));
        var behind = new ArrayList<>(zeros(type.rank()));
        var dims = new ArrayList<>(type.dims());
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i);
            for (Dim amount : amounts.get(i)) {
                if (!fits(amount, x, axis, mode, call)) {
                    return Val.POISON;
                }
            }
            before.set(axis, amounts.get(i).getFirst());
            behind.set(axis, amounts.get(i).getLast());
            dims.set(axis, dims.get(axis).plus(before.get(axis)).plus(behind.get(axis)));
        }
        List<Constant> attributes = List.of(
                TensorIndex.ints(before), TensorIndex.ints(behind), new Constant.Text(mode), new Constant.Float(value));
        return call.c().apply(Primitive.PAD, List.of(x), attributes, type.withDims(dims), call.at());
    }

    private static List<Dim> zeros(int rank) {
        return Collections.nCopies(rank, Dim.ZERO);
    }

    private static boolean fits(Dim amount, Val.Tensor x, int axis, String mode, BuiltinCall call) {
        var bounds = new Bounds(call.c());
        String what = "padding of " + amount + " along axis " + axis;
        Diagnostic negative = Diagnostic.error("NND0362", call.span("amount"), what + " is below 0")
                .help("a slice takes elements away: `x[1:]`");
        Dim most = x.type().dim(axis).minus(Dim.ONE);
        Diagnostic large = Diagnostic.error(
                "NND0362",
                call.span("amount"),
                what + " cannot mirror " + x.type() + ": without the edge there are " + most + " elements");
        return bounds.atMost(Dim.ZERO, amount, what, call.span("amount"), x, negative)
                && (!mode.equals("reflect") || bounds.atMost(amount, most, what, call.span("amount"), x, large));
    }
}
