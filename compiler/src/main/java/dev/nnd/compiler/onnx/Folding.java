package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/** Computes nodes whose inputs are all known: constants, and the arithmetic on shapes. */
final class Folding {

    private static final Map<String, DoubleUnaryOperator> UNARY = Map.ofEntries(
            Map.entry("Abs", Math::abs),
            Map.entry("Neg", x -> -x),
            Map.entry("Sqrt", Math::sqrt),
            Map.entry("Reciprocal", x -> 1 / x),
            Map.entry("Exp", Math::exp),
            Map.entry("Log", Math::log),
            Map.entry("Floor", Math::floor),
            Map.entry("Ceil", Math::ceil),
            Map.entry("Round", Math::rint),
            Map.entry("Sign", Math::signum),
            Map.entry("Sin", Math::sin),
            Map.entry("Cos", Math::cos),
            Map.entry("Tanh", Math::tanh),
            Map.entry("Relu", x -> Math.max(x, 0)),
            Map.entry("Not", x -> x == 0 ? 1 : 0));

    private static final Map<String, DoubleBinaryOperator> BINARY = Map.ofEntries(
            Map.entry("Add", Double::sum),
            Map.entry("Sub", (a, b) -> a - b),
            Map.entry("Mul", (a, b) -> a * b),
            Map.entry("Div", (a, b) -> a / b),
            Map.entry("Pow", Math::pow),
            Map.entry("Min", Math::min),
            Map.entry("Max", Math::max));

    private static final Map<String, LongBinaryOperator> INTEGER = Map.ofEntries(
            Map.entry("Add", Long::sum),
            Map.entry("Sub", (a, b) -> a - b),
            Map.entry("Mul", (a, b) -> a * b),
            Map.entry("Div", (a, b) -> a / b),
            Map.entry("Mod", Math::floorMod),
            Map.entry("Pow", (a, b) -> (long) Math.pow(a, b)),
            Map.entry("Min", Math::min),
            Map.entry("Max", Math::max));

    private static final Map<String, DoubleBinaryOperator> TRUTH = Map.ofEntries(
            Map.entry("Equal", (a, b) -> a == b ? 1 : 0),
            Map.entry("Less", (a, b) -> a < b ? 1 : 0),
            Map.entry("LessOrEqual", (a, b) -> a <= b ? 1 : 0),
            Map.entry("Greater", (a, b) -> a > b ? 1 : 0),
            Map.entry("GreaterOrEqual", (a, b) -> a >= b ? 1 : 0),
            Map.entry("And", (a, b) -> a != 0 && b != 0 ? 1 : 0),
            Map.entry("Or", (a, b) -> a != 0 || b != 0 ? 1 : 0),
            Map.entry("Xor", (a, b) -> (a != 0) != (b != 0) ? 1 : 0));

    /** Exporters write small numbers as constants, and sometimes weights too. */
    private static final int LIKE_A_WEIGHT = 8;

    private final NodeCall call;

    private Folding(NodeCall call) {
        this.call = call;
    }

    /** The results, if all that the operator reads is known and small enough. */
    static Optional<List<Value>> of(NodeCall call) {
        if (call.op().equals("Constant")) {
            TensorData data = constant(call);
            boolean weight = data.size() >= LIKE_A_WEIGHT && data.dtype() == DType.F32;
            return Optional.of(List.of(new Value.Known("constant", data, weight)));
        }
        boolean known = call.inputs().stream().allMatch(v -> v == null || v instanceof Value.Known);
        boolean small = call.inputs().stream()
                .filter(Objects::nonNull)
                .allMatch(v -> ((Object) v) instanceof Value.Known k && k.data().size() <= TensorData.MOST_FOLDED);
        return known && small ? new Folding(call).folded() : Optional.empty();
    }

    private Optional<List<Value>> folded() {
        String op = call.op();
        if (UNARY.containsKey(op) && call.has(0)) {
            return one(unary(UNARY.get(op), data(0)));
        }
        if (call.inputs().size() == 2 && (TRUTH.containsKey(op) || BINARY.containsKey(op) || INTEGER.containsKey(op))) {
            return call.hasAttribute("broadcast") || call.integer("fmod", 0) == 1 ? Optional.empty() : binary(op);
        }
        return switch (op) {
            case "Identity" -> Optional.of(List.of(call.in(0)));
            case "Cast" -> Tensors.dtype((int) call.integer("to", 1)).flatMap(to -> one(data(0).cast(to)));
            case "CastLike" -> one(data(0).cast(data(1).dtype()));
            case "Transpose" -> one(data(0).transposed(permutation()));
            case "Unsqueeze", "Squeeze", "Reshape", "Flatten" -> Optional.empty();
            case "Concat" -> one(concat());
            case "Gather" -> one(gather());
            case "Slice" -> one(slice());
            case "Range" -> one(range());
            case "Where" -> one(where());
            case "ConstantOfShape" -> filled();
            case "Expand" -> expanded();
            case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin" -> reduced();
            case "NonZero" -> one(DataDependent.nonZero(data(0)));
            default -> Optional.empty();
        };
    }

    private TensorData data(int index) {
        return call.data(index);
    }

    private Optional<List<Value>> one(TensorData data) {
        return Optional.of(List.of(call.known(data)));
    }

    private static TensorData constant(NodeCall call) {
        for (AttributeProto a : call.attributes().values()) {
            switch (a.getName()) {
                case "value" -> {
                    TensorProto tensor = a.getT();
                    return call.walk().tensors().read(tensor, tensor.getName());
                }
                case "value_float" -> {
                    return TensorData.floats(DType.F32, List.of(), i -> a.getF());
                }
                case "value_floats" -> {
                    return TensorData.floats(DType.F32, List.of((long) a.getFloatsCount()), a::getFloats);
                }
                case "value_int" -> {
                    return TensorData.integers(DType.I64, List.of(), i -> a.getI());
                }
                case "value_ints" -> {
                    return TensorData.integers(DType.I64, List.of((long) a.getIntsCount()), a::getInts);
                }
                default -> {}
            }
        }
        throw new OnnxProblem("a constant is a tensor, numbers or a number; text and sparse tensors are not supported");
    }

    private static TensorData unary(DoubleUnaryOperator f, TensorData x) {
        return x.dtype().isFloat() || x.dtype() == DType.BOOL
                ? TensorData.floats(x.dtype(), x.dims(), i -> f.applyAsDouble(x.number(i)))
                : TensorData.integers(x.dtype(), x.dims(), i -> (long) f.applyAsDouble(x.integer(i)));
    }

    private Optional<List<Value>> binary(String op) {
        List<Long> dims = Shapes.broadcast(data(0).dims(), data(1).dims());
        if (TensorData.elements(dims) > TensorData.MOST_FOLDED) {
            return Optional.empty();
        }
        TensorData a = data(0).broadcast(dims);
        TensorData b = data(1).broadcast(dims);
        if (TRUTH.containsKey(op)) {
            DoubleBinaryOperator f = TRUTH.get(op);
            return one(TensorData.floats(DType.BOOL, dims, i -> f.applyAsDouble(a.number(i), b.number(i))));
        }
        if (a.dtype().isFloat() && BINARY.containsKey(op)) {
            DoubleBinaryOperator f = BINARY.get(op);
            return one(TensorData.floats(a.dtype(), dims, i -> f.applyAsDouble(a.number(i), b.number(i))));
        }
        if (!a.dtype().isFloat() && !b.dtype().isFloat() && INTEGER.containsKey(op)) {
            LongBinaryOperator f = INTEGER.get(op);
            return one(TensorData.integers(a.dtype(), dims, i -> f.applyAsLong(a.integer(i), b.integer(i))));
        }
        return Optional.empty();
    }

    private List<Integer> permutation() {
        int rank = data(0).rank();
        return call.integers("perm")
                .map(p -> p.stream().map(a -> NodeCall.axis(a, rank)).toList())
                .orElseGet(() ->
                        IntStream.range(0, rank).mapToObj(i -> rank - 1 - i).toList());
    }

    private TensorData concat() {
        List<TensorData> all =
                IntStream.range(0, call.inputs().size()).mapToObj(this::data).toList();
        int axis = NodeCall.axis(call.integer("axis", 1), all.getFirst().rank());
        var dims = new ArrayList<>(all.getFirst().dims());
        dims.set(axis, all.stream().mapToLong(t -> t.dims().get(axis)).sum());
        TensorData made = TensorData.empty(all.getFirst().dtype(), dims);
        int width = made.dtype().bytes();
        long inner = TensorData.elements(dims.subList(axis + 1, dims.size())) * width;
        long outer = TensorData.elements(dims.subList(0, axis));
        int at = 0;
        for (long o = 0; o < outer; o++) {
            for (TensorData part : all) {
                int bytes = (int) (part.dims().get(axis) * inner);
                made.bytes().put(at, part.bytes(), (int) (o * bytes), bytes);
                at += bytes;
            }
        }
        return made;
    }

    private TensorData gather() {
        TensorData x = data(0);
        int axis = NodeCall.axis(call.integer("axis", 0), x.rank());
        TensorData index = data(1);
        long size = x.dims().get(axis);
        var dims = new ArrayList<>(x.dims().subList(0, axis));
        dims.addAll(index.dims());
        dims.addAll(x.dims().subList(axis + 1, x.rank()));
        long inner = TensorData.elements(x.dims().subList(axis + 1, x.rank()));
        int count = index.size();
        return x.moved(dims, i -> {
            long within = i % inner;
            long place = index.integer((int) (i / inner % count));
            long row = place < 0 ? place + size : place;
            if (row < 0 || row >= size) {
                throw new OnnxProblem("there is no index " + place + " in an axis of " + size);
            }
            return (int) ((i / inner / count * size + row) * inner + within);
        });
    }

    private TensorData slice() {
        TensorData x = data(0);
        var slices = Shapes.slices(call, x.dims().stream().map(Dim::of).toList());
        long[] from = TensorData.strides(x.dims());
        var dims = new ArrayList<>(x.dims());
        slices.forEach((axis, s) -> dims.set(axis, s.count()));
        long[] to = TensorData.strides(dims);
        return x.moved(dims, i -> {
            long rest = i;
            long at = 0;
            for (int d = 0; d < to.length; d++) {
                long place = rest / to[d];
                rest %= to[d];
                Shapes.Range s = slices.get(d);
                at += (s == null ? place : s.start() + place * s.step()) * from[d];
            }
            return (int) at;
        });
    }

    private Optional<List<Value>> expanded() {
        List<Long> dims = Shapes.broadcast(data(0).dims(), data(1).longs());
        return TensorData.elements(dims) > TensorData.MOST_FOLDED ? Optional.empty() : one(data(0).broadcast(dims));
    }

    private TensorData range() {
        TensorData start = data(0);
        if (start.dtype().isFloat()) {
            double step = data(2).number(0);
            long count = Math.max(0, (long) Math.ceil((data(1).number(0) - start.number(0)) / step));
            return TensorData.floats(start.dtype(), List.of(count), i -> start.number(0) + i * step);
        }
        long step = data(2).integer(0);
        long count = Math.max(0, Math.ceilDiv(data(1).integer(0) - start.integer(0), step));
        return TensorData.integers(start.dtype(), List.of(count), i -> start.integer(0) + i * step);
    }

    private TensorData where() {
        List<Long> dims = Shapes.broadcast(data(0).dims(), Shapes.broadcast(data(1).dims(), data(2).dims()));
        TensorData condition = data(0).broadcast(dims);
        TensorData a = data(1).broadcast(dims);
        TensorData b = data(2).broadcast(dims);
        TensorData made = TensorData.empty(a.dtype(), dims);
        for (int i = 0; i < made.size(); i++) {
            TensorData chosen = condition.integer(i) != 0 ? a : b;
            if (made.dtype().isFloat()) {
                made.set(i, chosen.number(i));
            } else {
                made.set(i, chosen.integer(i));
            }
        }
        return made;
    }

    private Optional<List<Value>> filled() {
        List<Long> dims = data(0).longs();
        AttributeProto a = call.attributes().get("value");
        TensorData value = a == null
                ? TensorData.floats(DType.F32, List.of(1L), i -> 0)
                : call.walk().tensors().read(a.getT(), "value");
        return TensorData.elements(dims) > TensorData.MOST_FOLDED
                ? Optional.empty()
                : one(value.reshaped(List.of()).broadcast(dims));
    }

    private Optional<List<Value>> reduced() {
        TensorData x = data(0);
        boolean keep = call.integer("keepdims", 1) == 1;
        List<Integer> axes = call.axes(1, x.rank())
                .filter(a -> !a.isEmpty())
                .orElseGet(() -> call.integer("noop_with_empty_axes", 0) == 1
                        ? List.of()
                        : IntStream.range(0, x.rank()).boxed().toList());
        var dims = new ArrayList<Long>();
        var kept = new ArrayList<Long>();
        for (int d = 0; d < x.rank(); d++) {
            boolean gone = axes.contains(d);
            kept.add(gone ? 1L : x.dims().get(d));
            if (!gone || keep) {
                dims.add(gone ? 1L : x.dims().get(d));
            }
        }
        double start = switch (call.op()) {
            case "ReduceProd" -> 1;
            case "ReduceSum" -> 0;
            case "ReduceMax" -> Double.NEGATIVE_INFINITY;
            default -> Double.POSITIVE_INFINITY;
        };
        TensorData made = TensorData.floats(DType.F64, kept, i -> start);
        long[] from = TensorData.strides(x.dims());
        long[] to = TensorData.strides(kept);
        for (int i = 0; i < x.size(); i++) {
            long at = 0;
            for (int d = 0; d < from.length; d++) {
                at += axes.contains(d) ? 0 : i / from[d] % x.dims().get(d) * to[d];
            }
            double before = made.number((int) at);
            double now = x.number(i);
            made.set(
                    (int) at,
                    switch (call.op()) {
                        case "ReduceProd" -> before * now;
                        case "ReduceSum" -> before + now;
                        case "ReduceMax" -> Math.max(before, now);
                        default -> Math.min(before, now);
                    });
        }
        return one(made.cast(x.dtype()).reshaped(dims));
    }
}
