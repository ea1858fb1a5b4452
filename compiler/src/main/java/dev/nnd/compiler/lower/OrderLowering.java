package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.CumulateFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.List;
import java.util.stream.IntStream;

/** Functions of what goes along axes: reductions, running sums, sorting. */
record OrderLowering(GraphBuilder to) {

    /** Over the axes that are named, or over all. */
    Value reduce(TypedExpr.Apply e, Value x, String name) {
        Attributes attributes = Attributes.of(e);
        List<Integer> named = attributes.ints(0);
        List<Integer> axes =
                named.isEmpty() ? IntStream.range(0, x.type().rank()).boxed().toList() : named;
        boolean keepDims = attributes.count() > 1 && attributes.flag(1);
        var function = Op.ReduceFunction.valueOf(e.primitive().name());
        List<Integer> sorted = axes.stream().sorted().toList();
        return axes.isEmpty() ? x : to.apply(name, new Op.Reduce(function, sorted, keepDims), x);
    }

    Value cumulate(TypedExpr.Apply e, CumulateFunction function, Value x, String name) {
        return to.apply(name, new Op.Cumulate(function, Attributes.of(e).number(0), false, false), x);
    }

    /** Values and indices. */
    List<Value> sort(TypedExpr.Apply e, Value x, String name) {
        int axis = Attributes.of(e).number(0);
        var op = new Op.Sort(axis, Attributes.of(e).flag(1), x.type().dim(axis));
        return to.applyAll(name, op, List.of(x));
    }

    /** The largest values and their indices. */
    List<Value> topK(TypedExpr.Apply e, Value x, String name) {
        Dim count = Attributes.of(e).dim(0);
        return to.applyAll(name, new Op.Sort(Attributes.of(e).number(1), true, count), List.of(x));
    }
}
