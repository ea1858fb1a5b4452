package dev.nnd.compiler;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedModel;
import java.util.OptionalLong;

/** How many positions a model has: the least of what its requirements allow, such as {@code require T <= 1024}. */
final class ContextLimit {

    private final Dim time;
    private long least = Long.MAX_VALUE;

    private ContextLimit(Dim time) {
        this.time = time;
    }

    static OptionalLong of(TypedModel model, String time) {
        var limit = new ContextLimit(Dim.variable(time));
        for (Requirement requirement : model.block().requirements()) {
            limit.take(requirement.condition());
        }
        return limit.least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(limit.least);
    }

    private void take(DimCondition condition) {
        switch (condition) {
            case DimCondition.Compare(var relation, Dim left, Dim right) -> {
                boolean strictly = relation == DimCondition.Relation.LESS;
                boolean bounds = strictly || relation == DimCondition.Relation.AT_MOST;
                Dim room = left.minus(time);
                // T + c <= limit
                if (bounds && room.constant().isPresent() && right.constant().isPresent()) {
                    long most = right.constant().getAsLong() - room.constant().getAsLong();
                    least = Math.min(least, most - (strictly ? 1 : 0));
                }
            }
            case DimCondition.All all -> all.of().forEach(this::take);
            case DimCondition.Any _ -> {}
        }
    }
}
