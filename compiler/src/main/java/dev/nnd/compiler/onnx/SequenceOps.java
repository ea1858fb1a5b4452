package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Sequences of tensors; they exist while importing only. */
final class SequenceOps {

    private SequenceOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "SequenceConstruct", c -> new Value.Sequence("sequence", c.all()));
        Rule.one(table, "SequenceEmpty", c -> new Value.Sequence("sequence", List.of()));
        Rule.one(table, "SequenceAt", c -> {
            List<Value> items = items(c, 0);
            return items.get(place(c, 1, items.size()));
        });
        Rule.one(table, "SequenceLength", c -> {
            long size = items(c, 0).size();
            return c.known(TensorData.integers(DType.I64, List.of(), i -> size));
        });
        Rule.one(table, "SequenceInsert", c -> {
            var items = new ArrayList<>(items(c, 0));
            items.add(c.has(2) ? place(c, 2, items.size()) : items.size(), c.in(1));
            return new Value.Sequence("sequence", items);
        });
        Rule.one(table, "SequenceErase", c -> {
            var items = new ArrayList<>(items(c, 0));
            items.remove(c.has(1) ? place(c, 1, items.size()) : items.size() - 1);
            return new Value.Sequence("sequence", items);
        });
        Rule.one(table, "ConcatFromSequence", SequenceOps::concat);
        Rule.one(table, "SplitToSequence", SequenceOps::split);
        table.put("SequenceMap", SequenceOps::map);
        optionals(table);
    }

    /** An optional is what it holds; one that holds nothing is an input without a value. */
    private static void optionals(Map<String, Rule> table) {
        Rule.one(table, "Optional", c -> {
            if (!c.has(0)) {
                throw new OnnxProblem("an optional that holds nothing is not supported");
            }
            return c.in(0);
        });
        Rule.one(table, "OptionalGetElement", c -> c.in(0));
        Rule.one(
                table,
                "OptionalHasElement",
                c -> c.known(TensorData.integers(DType.BOOL, List.of(), i -> c.has(0) ? 1 : 0)));
    }

    /** A graph for each item; other inputs are the same for all. */
    private static List<Value> map(NodeCall c) {
        int count = items(c, 0).size();
        var results = new ArrayList<List<Value>>();
        for (int i = 0; i < count; i++) {
            int at = i;
            List<Value> inputs = c.all().stream()
                    .map(v -> v instanceof Value.Sequence s ? s.items().get(at) : v)
                    .toList();
            results.add(c.walk().subgraph(c.attribute("body").getG(), inputs));
        }
        return IntStream.range(0, c.outputs().size())
                .mapToObj(o -> (Value) new Value.Sequence(
                        "sequence", results.stream().map(r -> r.get(o)).toList()))
                .toList();
    }

    private static List<Value> items(NodeCall c, int index) {
        if (c.in(index) instanceof Value.Sequence s) {
            return s.items();
        }
        throw new OnnxProblem("`" + c.in(index).hint() + "` is no sequence");
    }

    private static int place(NodeCall c, int index, int size) {
        long at = c.longs(index).getFirst();
        return (int) (at < 0 ? at + size : at);
    }

    private static Value concat(NodeCall c) {
        List<Value> items = items(c, 0);
        int axis = (int) c.integer("axis", 0);
        if (c.integer("new_axis", 0) == 0) {
            return MoveOps.concat(c, items, axis);
        }
        int at = NodeCall.axis(axis, items.getFirst().type().rank() + 1);
        List<Value> parts = items.stream()
                .map(v -> {
                    var dims = new ArrayList<>(v.type().dims());
                    dims.add(at, Dim.ONE);
                    return c.reshape(v, dims);
                })
                .toList();
        return MoveOps.concat(c, parts, at);
    }

    private static Value split(NodeCall c) {
        Value x = c.in(0);
        int axis = NodeCall.axis(c.integer("axis", 0), x.type().rank());
        long size = GraphWalk.constants(List.of(x.type().dim(axis))).getFirst();
        var sizes = new ArrayList<Long>();
        if (!c.has(1)) {
            IntStream.range(0, (int) size).forEach(i -> sizes.add(1L));
        } else if (c.rank(1) == 0) {
            long each = c.longs(1).getFirst();
            for (long at = 0; at < size; at += each) {
                sizes.add(Math.min(each, size - at));
            }
        } else {
            sizes.addAll(c.longs(1));
        }
        var items = new ArrayList<Value>();
        long at = 0;
        for (long part : sizes) {
            Value item = c.slice(x, axis, at, at + part);
            boolean drops = !c.has(1) && c.integer("keepdims", 1) == 0;
            items.add(drops ? c.reshape(item, NodeCall.without(item.type().dims(), List.of(axis))) : item);
            at += part;
        }
        return new Value.Sequence("sequence", items);
    }
}
