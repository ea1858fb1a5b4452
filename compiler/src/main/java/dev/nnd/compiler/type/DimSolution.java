package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One way to write dims that conditions make equal: with {@code H % 16 == 0} given, {@code H} is {@code 16 * (H / 16)} and so
 * {@code H / 8} is {@code 2 * (H / 16)}. What compares dims as they are written finds them equal then.
 */
public final class DimSolution {

    private final Facts facts;

    private DimSolution(Facts facts) {
        this.facts = facts;
    }

    /** What follows from these conditions. */
    public static DimSolution of(List<DimCondition> conditions) {
        return new DimSolution(Facts.of(conditions));
    }

    /** True if every dim is written as it was. */
    public boolean isEmpty() {
        return facts.solved().isEmpty();
    }

    /** The dim in the one way. */
    public Dim apply(Dim dim) {
        Dim result = facts.rewritten(dim);
        var known = new ArrayList<>(facts.quotients().keySet());
        Collections.reverse(known); // a quotient may hold those that were found before it
        for (String name : known) {
            result = result.substitute(Map.of(name, facts.quotients().get(name)));
        }
        return result;
    }

    /** The type with its dims in the one way. */
    public TensorType apply(TensorType type) {
        return type.withDims(type.dims().stream().map(this::apply).toList());
    }
}
