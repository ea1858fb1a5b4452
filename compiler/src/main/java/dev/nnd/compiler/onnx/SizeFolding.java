package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Computes with shapes that have free dims: {@code Shape}, and what is done to its result. */
final class SizeFolding {

    private static final int MOST = 64;

    private SizeFolding() {}

    static Optional<List<Value>> of(NodeCall call) {
        if (call.op().equals("Shape")) {
            return Optional.of(List.of(shape(call)));
        }
        if (call.op().equals("Size")) {
            Dim size = Dim.product(call.type(0).dims());
            return Optional.of(List.of(value(call, List.of(size), true, DType.I64)));
        }
        boolean sizes = call.inputs().stream().filter(Objects::nonNull).anyMatch(v -> v instanceof Value.Sizes);
        boolean rest = call.inputs().stream()
                .allMatch(v -> v == null || v instanceof Value.Sizes || v instanceof Value.Known k && small(k));
        return sizes && rest ? folded(call).map(List::of) : Optional.empty();
    }

    private static boolean small(Value.Known known) {
        TensorData data = known.data();
        return data.rank() <= 1 && data.size() <= MOST && data.dtype().kind() == DType.Kind.INTEGER;
    }

    private static Value shape(NodeCall call) {
        List<Dim> dims = call.type(0).dims();
        int rank = dims.size();
        long start = call.integer("start", 0);
        long end = call.integer("end", rank);
        int from = Math.clamp(start < 0 ? start + rank : start, 0, rank);
        int to = Math.clamp(end < 0 ? end + rank : end, 0, rank);
        return value(call, dims.subList(from, Math.max(from, to)), false, DType.I64);
    }

    /** Sizes, or numbers if none of them is free. */
    private static Value value(NodeCall call, List<Dim> sizes, boolean scalar, DType dtype) {
        if (sizes.stream().allMatch(d -> d.constant().isPresent())) {
            List<Long> dims = scalar ? List.of() : List.of((long) sizes.size());
            return call.known(TensorData.integers(
                    dtype, dims, i -> sizes.get(i).constant().orElseThrow()));
        }
        return new Value.Sizes(NodeCall.snake(call.op()), sizes, scalar, dtype);
    }

    private static boolean scalar(Value value) {
        return value.type().rank() == 0;
    }

    private static Optional<Value> folded(NodeCall call) {
        List<Dim> x = call.sizes(0);
        boolean scalar = scalar(call.in(0));
        DType dtype = call.type(0).dtype();
        return switch (call.op()) {
            case "Identity" -> Optional.of(call.in(0));
            case "Cast" ->
                Tensors.dtype((int) call.integer("to", 1))
                        .filter(to -> to.kind() == DType.Kind.INTEGER)
                        .map(to -> value(call, x, scalar, to));
            case "Gather" -> gather(call, x, dtype);
            case "Concat" -> {
                var all = new ArrayList<Dim>();
                for (int i = 0; i < call.inputs().size(); i++) {
                    all.addAll(call.sizes(i));
                }
                yield Optional.of(value(call, all, false, dtype));
            }
            case "Slice" -> slice(call, x, dtype);
            case "Unsqueeze", "Squeeze", "Reshape", "Flatten" ->
                x.size() == 1 ? Optional.of(value(call, x, call.op().equals("Squeeze"), dtype)) : Optional.empty();
            case "ReduceProd" ->
                Optional.of(value(call, List.of(Dim.product(x)), call.integer("keepdims", 1) == 0, dtype));
            case "Add", "Sub", "Mul", "Div", "Mod", "Min", "Max" ->
                call.inputs().size() == 2 ? binary(call, x) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Value> gather(NodeCall call, List<Dim> x, DType dtype) {
        if (!(call.in(1) instanceof Value.Known k) || k.data().rank() > 1) {
            return Optional.empty();
        }
        List<Dim> taken = k.data().longs().stream()
                .map(i -> x.get((int) (i < 0 ? i + x.size() : i)))
                .toList();
        return Optional.of(value(call, taken, k.data().rank() == 0, dtype));
    }

    private static Optional<Value> slice(NodeCall call, List<Dim> x, DType dtype) {
        Shapes.Range range = Shapes.slices(call, List.of(Dim.of(x.size()))).get(0);
        var taken = new ArrayList<Dim>();
        for (long i = 0; range != null && i < range.count(); i++) {
            taken.add(x.get((int) (range.start() + i * range.step())));
        }
        return Optional.of(value(call, taken, false, dtype));
    }

    private static Optional<Value> binary(NodeCall call, List<Dim> x) {
        List<Dim> y = call.sizes(1);
        int size = Math.max(x.size(), y.size());
        var made = new ArrayList<Dim>();
        for (int i = 0; i < size; i++) {
            Dim a = x.get(x.size() == 1 ? 0 : i);
            Dim b = y.get(y.size() == 1 ? 0 : i);
            made.add(
                    switch (call.op()) {
                        case "Add" -> a.plus(b);
                        case "Sub" -> a.minus(b);
                        case "Mul" -> a.times(b);
                        case "Div" -> a.floorDivide(b);
                        case "Mod" -> a.remainder(b);
                        case "Min" -> a.min(b);
                        default -> a.max(b);
                    });
        }
        return Optional.of(value(
                call,
                made,
                scalar(call.in(0)) && scalar(call.in(1)),
                call.type(0).dtype()));
    }
}
