package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One node while its rule runs: its inputs, its attributes with their defaults, and the statements to add to. */
record NodeCall(
        String op,
        int opset,
        List<@Nullable Value> inputs,
        List<String> outputs,
        Map<String, AttributeProto> attributes,
        GraphWalk walk) {

    Body body() {
        return walk.body();
    }

    // Inputs.

    boolean has(int index) {
        return index < inputs.size() && inputs.get(index) != null;
    }

    Value in(int index) {
        return opt(index).orElseThrow(() -> new OnnxProblem("input " + index + " is missing"));
    }

    Optional<Value> opt(int index) {
        return has(index) ? Optional.ofNullable(inputs.get(index)) : Optional.empty();
    }

    List<Value> all() {
        return IntStream.range(0, inputs.size()).mapToObj(this::in).toList();
    }

    int rank(int index) {
        return in(index).type().rank();
    }

    /** How many outputs are used; those with an empty name are not. */
    boolean wants(int output) {
        return output < outputs.size() && !outputs.get(output).isEmpty();
    }

    // Attributes.

    boolean hasAttribute(String name) {
        return attributes.containsKey(name);
    }

    long integer(String name, long otherwise) {
        AttributeProto a = attributes.get(name);
        return a == null ? otherwise : a.getI();
    }

    float number(String name, double otherwise) {
        AttributeProto a = attributes.get(name);
        return a == null ? (float) otherwise : a.getF();
    }

    String word(String name, String otherwise) {
        AttributeProto a = attributes.get(name);
        return a == null ? otherwise : a.getS().toStringUtf8();
    }

    Optional<List<Long>> integers(String name) {
        AttributeProto a = attributes.get(name);
        return a == null ? Optional.empty() : Optional.of(a.getIntsList());
    }

    List<Float> numbers(String name) {
        AttributeProto a = attributes.get(name);
        return a == null ? List.of() : a.getFloatsList();
    }

    List<String> words(String name) {
        AttributeProto a = attributes.get(name);
        return a == null
                ? List.of()
                : a.getStringsList().stream().map(s -> s.toStringUtf8()).toList();
    }

    /** An attribute that is a graph or a tensor. */
    AttributeProto attribute(String name) {
        AttributeProto a = attributes.get(name);
        if (a == null) {
            throw new OnnxProblem("the attribute `" + name + "` is missing");
        }
        return a;
    }

    // What has to be known while importing.

    /** Whole numbers that decide a shape. */
    List<Dim> sizes(int index) {
        Value value = in(index);
        return switch (value) {
            case Value.Sizes s -> s.values();
            case Value.Known k -> k.data().longs().stream().map(Dim::of).toList();
            case Value.Computed c -> throw walk.unknown(c, "it decides a shape");
            case Value.Sequence s -> throw new OnnxProblem("`" + s.hint() + "` is a sequence");
        };
    }

    List<Long> longs(int index) {
        return switch (in(index)) {
            case Value.Known k -> k.data().longs();
            case Value.Sizes s ->
                s.values().stream()
                        .map(d -> d.constant()
                                .orElseThrow(() -> new OnnxProblem(
                                        "`" + s.hint() + "` depends on the free dim " + d + " and has to be known")))
                        .map(Long::valueOf)
                        .toList();
            case Value.Computed c -> throw walk.unknown(c, "`" + op + "` needs it while importing");
            case Value.Sequence s -> throw new OnnxProblem("`" + s.hint() + "` is a sequence");
        };
    }

    TensorData data(int index) {
        return data(in(index));
    }

    TensorData data(Value value) {
        return switch (value) {
            case Value.Known k -> k.data();
            case Value.Computed c -> throw walk.unknown(c, "`" + op + "` needs it while importing");
            case Value.Sizes s -> throw new OnnxProblem("`" + s.hint() + "` depends on free dims and has to be known");
            case Value.Sequence s -> throw new OnnxProblem("`" + s.hint() + "` is a sequence");
        };
    }

    /** Axes as an attribute in old operator sets, as an input in new ones; normalized. */
    Optional<List<Integer>> axes(int input, int rank) {
        Optional<List<Long>> given = has(input) ? Optional.of(longs(input)) : integers("axes");
        return given.map(list -> list.stream().map(a -> axis(a, rank)).toList());
    }

    /** Two sizes that have to be equal: one that is free is the other from now on. */
    static void same(Dim a, Dim b) {
        if (a.equals(b)) {
            return;
        }
        boolean first = free(a) && !b.variables().contains(a.toString());
        boolean second = free(b) && !a.variables().contains(b.toString());
        String message = "the sizes " + a + " and " + b + " have to be equal";
        if (!first && !second) {
            throw new OnnxProblem(message);
        }
        // Of two plain ones the shorter text stays: a free size of the file before a sum of others.
        throw OnnxProblem.unequal(
                message, first ? new OnnxProblem.Equation(a.toString(), b) : new OnnxProblem.Equation(b.toString(), a));
    }

    private static boolean free(Dim dim) {
        return dim.constant().isEmpty()
                && dim.variables().size() == 1
                && dim.variables().contains(dim.toString());
    }

    static int axis(long axis, int rank) {
        if (axis < -rank || axis >= Math.max(rank, 1)) {
            throw new OnnxProblem("there is no axis " + axis + " in a tensor of " + rank + " dims");
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    // Making values.

    Value emit(String template, Object... arguments) {
        return body().emit(snake(op), template, arguments);
    }

    Value call(String name, List<? extends Value> arguments, String rest) {
        return body().call(snake(op), name, arguments, rest);
    }

    Value known(TensorData data) {
        return new Value.Known(snake(op), data, false);
    }

    Value literal(DType dtype, double value) {
        return known(TensorData.floats(dtype, List.of(), i -> value));
    }

    Value reshape(Value x, List<Dim> dims) {
        if (x.type().dims().equals(dims)) {
            return x;
        }
        if (x instanceof Value.Known k
                && dims.stream().allMatch(d -> d.constant().isPresent())) {
            return new Value.Known(
                    k.hint(),
                    k.data()
                            .reshaped(dims.stream()
                                    .map(d -> d.constant().orElseThrow())
                                    .toList()),
                    k.isWeight());
        }
        return dims.isEmpty() ? squeezed(x) : emit("{} -> reshape[{}]", body().beforeReshape(x), Body.dims(dims));
    }

    private Value squeezed(Value x) {
        Value flat = x.type().rank() == 1 ? x : emit("{} -> reshape[1]", x);
        return emit("{} -> squeeze[0]", flat);
    }

    Value reshape(Value x, Dim... dims) {
        return reshape(x, Arrays.asList(dims));
    }

    Value cast(Value x, DType dtype) {
        if (x.type().dtype() == dtype) {
            return x;
        }
        return switch (x) {
            case Value.Known k -> new Value.Known(k.hint(), k.data().cast(dtype), false);
            case Value.Sizes s -> new Value.Sizes(s.hint(), s.values(), s.isScalar(), dtype);
            default -> emit("{} -> cast[{}]", x, dtype);
        };
    }

    Value transpose(Value x, List<Integer> order) {
        if (order.equals(IntStream.range(0, order.size()).boxed().toList())) {
            return x;
        }
        if (x instanceof Value.Known k && k.data().size() <= TensorData.MOST_FOLDED) {
            return new Value.Known(k.hint(), k.data().transposed(order), k.isWeight());
        }
        return emit("{} -> permute[{}]", x, join(order));
    }

    /** A slice of one axis. */
    Value slice(Value x, int axis, Dim from, Dim to) {
        if (from.is(0) && to.equals(x.type().dim(axis))) {
            return x;
        }
        if (x instanceof Value.Known k
                && from.constant().isPresent()
                && to.constant().isPresent()) {
            return known(k.data()
                    .cut(axis, from.constant().getAsLong(), to.constant().getAsLong()));
        }
        return emit("{}[{}{}:{}]", x, ":, ".repeat(axis), from, to);
    }

    Value slice(Value x, int axis, long from, long to) {
        return slice(x, axis, Dim.of(from), Dim.of(to));
    }

    TensorType type(int input) {
        return in(input).type();
    }

    static String join(List<?> items) {
        return String.join(", ", items.stream().map(String::valueOf).toList());
    }

    /** One number if all are equal, a list otherwise. */
    static String each(List<Long> numbers) {
        return numbers.stream().distinct().count() == 1
                ? String.valueOf(numbers.getFirst())
                : "[" + join(numbers) + "]";
    }

    static String axisList(List<Integer> axes) {
        return axes.size() == 1 ? String.valueOf(axes.getFirst()) : "[" + join(axes) + "]";
    }

    static String snake(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(java.util.Locale.ROOT);
    }

    static List<Value> one(Value value) {
        return List.of(value);
    }

    /** The elements of a list without those at some places. */
    static List<Dim> without(List<Dim> dims, List<Integer> axes) {
        var left = new ArrayList<Dim>();
        for (int i = 0; i < dims.size(); i++) {
            if (!axes.contains(i)) {
                left.add(dims.get(i));
            }
        }
        return left;
    }
}
