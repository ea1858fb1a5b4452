package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.HashMap;
import java.util.Map;

/** What is bound in the body of a train section. */
final class SectionBody {

    private final String name;
    private final Map<Integer, TypedBlock.Binding> bindings = new HashMap<>();

    SectionBody(TypedTrain train) {
        this.name = train.name();
        train.body().forEach(b -> bindings.put(b.id(), b));
    }

    TypedBlock.Binding binding(int id) {
        TypedBlock.Binding found = bindings.get(id);
        if (found == null) {
            throw new IllegalArgumentException(name + " has no binding " + id);
        }
        return found;
    }

    /** What a name stands for; an expression that is no name, or stands for a call, as it is. */
    TypedExpr resolve(TypedExpr expression) {
        return expression instanceof TypedExpr.Local local
                        && binding(local.id()) instanceof TypedBlock.Binding.Value value
                ? resolve(value.value())
                : expression;
    }
}
