package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The statements made so far, in order. */
final class Body {

    /** More statements than this are a loop that somebody unrolled too far. */
    private static final int MOST_STEPS = 200_000;

    private static final int MOST_NODES = 1_000_000;

    private static final long LARGEST_WHOLE = 1L << 24;

    private static final int MOST_PARTS = 3;

    private final TypeInference types = new TypeInference();
    private int nodes;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Value, Value> wholes = new IdentityHashMap<>();
    private final Map<Value, Step> makers = new IdentityHashMap<>();
    private final Map<Value, String> names = new IdentityHashMap<>();

    /** Counts a node that is run; loops that make too many of them are refused. */
    void count() {
        nodes++;
        if (nodes > MOST_NODES) {
            throw new OnnxProblem("the graph runs more than " + MOST_NODES + " nodes once its loops are unrolled");
        }
    }

    /** A free size that statements may name. */
    void declare(String variable) {
        types.declare(variable);
    }

    List<Step> steps() {
        return steps;
    }

    /** The first input behind a value that depends on no floats: a size or a flag, which a user may know. */
    Optional<String> wholeSource(Value.Computed value) {
        Set<Value> behind = Collections.newSetFromMap(new IdentityHashMap<>());
        behind.add(value);
        Optional<String> found = Optional.empty();
        for (Step step : steps.reversed()) {
            if (behind.contains(step.result())) {
                behind.addAll(step.operands());
            }
        }
        for (Value one : behind) {
            if (one instanceof Value.Computed c && c.isInput()) {
                if (c.type().dtype().isFloat()) {
                    return Optional.empty();
                }
                found = found.filter(name -> name.compareTo(c.hint()) < 0).or(() -> Optional.of(c.hint()));
            }
        }
        return found;
    }

    /** What a value was before it was reshaped; another reshape goes from there. */
    Value beforeReshape(Value value) {
        Step maker = makers.get(value);
        boolean reshaped = maker != null
                && maker.parts().size() == 2
                && maker.parts().get(1) instanceof String s
                && s.startsWith(" -> reshape[");
        return maker != null && reshaped ? maker.operands().getFirst() : value;
    }

    /** What a value is to be called: its name in the file, if it has one. */
    String hint(Value value) {
        return names.getOrDefault(value, value.hint());
    }

    boolean isNamed(Value value) {
        return names.containsKey(value)
                || value instanceof Value.Known
                || value instanceof Value.Computed c && c.isInput();
    }

    void name(Value value, String name) {
        names.putIfAbsent(value, name);
    }

    /**
     * Adds a statement.
     *
     * @param template an expression; each {@code {}} stands for the next argument: a value, or something whose text it is
     */
    Value.Computed emit(String hint, String template, Object... arguments) {
        var parts = new ArrayList<Object>();
        int at = 0;
        for (Object argument : arguments) {
            int next = template.indexOf("{}", at);
            add(parts, template.substring(at, next));
            add(parts, argument instanceof Value v ? operand(v) : argument);
            at = next + 2;
        }
        add(parts, template.substring(at));
        return add(hint, parts);
    }

    private static void add(List<Object> parts, Object part) {
        if (part instanceof Value || part instanceof Step.Instance) {
            parts.add(part);
            return;
        }
        String text = String.valueOf(part);
        if (!parts.isEmpty() && parts.getLast() instanceof String before) {
            parts.set(parts.size() - 1, before + text);
        } else if (!text.isEmpty()) {
            parts.add(text);
        }
    }

    private Value.Computed add(String hint, List<Object> parts) {
        if (steps.size() == MOST_STEPS) {
            throw new OnnxProblem("the graph has more than " + MOST_STEPS + " steps once its loops are unrolled");
        }
        var operands = new ArrayList<Value>();
        var places = new IdentityHashMap<Value, Integer>();
        var text = new StringBuilder();
        for (Object part : parts) {
            switch (part) {
                case Value v -> {
                    if (!places.containsKey(v)) {
                        places.put(v, operands.size());
                        operands.add(v);
                    }
                    text.append('a').append(places.get(v));
                }
                case Step.Instance i -> {}
                default -> text.append(part);
            }
        }
        TensorType type = types.of(text.toString(), operands);
        boolean stage = parts.size() > 1
                && parts.getFirst() instanceof Value
                && parts.get(1) instanceof String s
                && s.startsWith(" -> ");
        var result = new Value.Computed(hint, type, false);
        var step = new Step(parts, stage, result);
        steps.add(step);
        makers.put(result, step);
        return result;
    }

    /** How a value stands in an expression: scalars as literals, constant fills as {@code full}. */
    private Object operand(Value value) {
        return switch (value) {
            case Value.Known k
            when k.data().rank() == 0 && Literals.has(k.data()) ->
                k.data().number(0) < 0 || 1 / k.data().number(0) < 0
                        ? "(" + Literals.of(k.data(), 0) + ")"
                        : Literals.of(k.data(), 0);
            case Value.Known k when isFill(k) -> fill(k.data());
            case Value.Known k when !k.data().dtype().isFloat() && fitsFloats(k.data()) -> whole(k);
            case Value.Known k
            when k.data().dtype() == DType.F64
                    || k.data().dtype() == DType.I64 && k.data().size() > 0 -> parts(k);
            case Value.Sizes s
            when s.isScalar() && s.type().dtype() != DType.F32 ->
                "(" + s.values().getFirst() + ")";
            case Value.Sizes s -> tensor(s);
            default -> value;
        };
    }

    private static boolean isFill(Value.Known known) {
        TensorData data = known.data();
        if (known.isWeight() || data.size() < 2 || !Literals.has(data) || data.dtype() == DType.BOOL) {
            return false;
        }
        double first = data.number(0);
        for (int i = 1; i < data.size(); i++) {
            if (Double.compare(data.number(i), first) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean fitsFloats(TensorData data) {
        for (int i = 0; i < data.size(); i++) {
            if (Math.abs(data.integer(i)) > LARGEST_WHOLE) {
                return false;
            }
        }
        return data.size() > 0;
    }

    /** Buffers hold floats; whole numbers that a float holds exactly are kept in one. */
    private Value whole(Value.Known known) {
        Value before = wholes.get(known);
        if (before != null) {
            return before;
        }
        DType dtype = known.data().dtype();
        var stored = new Value.Known(hint(known), known.data().cast(DType.F32), false);
        Value made =
                dtype == DType.BOOL ? emit("mask", "{} > 0.5", stored) : emit("index", "{} -> cast[{}]", stored, dtype);
        wholes.put(known, made);
        return made;
    }

    /** Buffers hold f32: what that does not hold exactly is kept as a sum of two or three of them. */
    private Value parts(Value.Known known) {
        Value before = wholes.get(known);
        if (before != null) {
            return before;
        }
        TensorData rest = known.data();
        Value sum = null;
        for (int part = 0; part < MOST_PARTS && (part == 0 || !isZero(rest)); part++) {
            TensorData left = rest;
            TensorData rough = TensorData.floats(
                    DType.F32, left.dims(), i -> left.dtype() == DType.F64 ? left.number(i) : (double) left.integer(i));
            Value made = emit("part", "{} -> cast[{}]", new Value.Known(hint(known), rough, false), rest.dtype());
            sum = sum == null ? made : emit("sum", "{} + {}", sum, made);
            rest = left.dtype() == DType.F64
                    ? TensorData.floats(DType.F64, left.dims(), i -> without(left.number(i), rough.number(i)))
                    : TensorData.integers(DType.I64, left.dims(), i -> left.integer(i) - rough.integer(i));
        }
        Value made = sum == null ? known : sum;
        wholes.put(known, made);
        return made;
    }

    private static double without(double number, double part) {
        return Double.isFinite(part) ? number - part : 0;
    }

    private static boolean isZero(TensorData data) {
        for (int i = 0; i < data.size(); i++) {
            if (data.number(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private Value fill(TensorData data) {
        return filled(data.type(), Literals.of(data, 0), data.number(0));
    }

    /** A tensor with one number everywhere. */
    Value.Computed filled(TensorType type, String literal, double number) {
        String dims = dims(type.dims());
        String made = number == 0
                ? "zeros[" + dims + "]"
                : number == 1 ? "ones[" + dims + "]" : "full[" + dims + "](" + literal + ")";
        return emit("fill", type.dtype() == DType.F32 ? made : made + " -> cast[" + type.dtype() + "]");
    }

    /** Sizes as a tensor. */
    Value.Computed sizes(Value.Sizes sizes) {
        return (Value.Computed) tensor(sizes);
    }

    private Value tensor(Value.Sizes sizes) {
        var parts = new ArrayList<Value>();
        for (Dim dim : sizes.values()) {
            parts.add(
                    emit("size", "full[1](" + dim + ") -> cast[" + sizes.type().dtype() + "]"));
        }
        Value all = parts.size() == 1 ? parts.getFirst() : call("sizes", "concat", parts, ", axis: 0");
        return sizes.isScalar() ? emit("size", "{} -> squeeze[0]", all) : all;
    }

    /** {@code name(a, b, ...)}. */
    Value.Computed call(String hint, String name, List<? extends Value> arguments, String rest) {
        String slots = String.join(", ", arguments.stream().map(a -> "{}").toList());
        return emit(hint, name + "(" + slots + rest + ")", arguments.toArray());
    }

    static String dims(List<Dim> dims) {
        return String.join(", ", dims.stream().map(Dim::toString).toList());
    }
}
