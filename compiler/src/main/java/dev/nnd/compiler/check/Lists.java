package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists: of constants, or of values of run time, which are a tuple. */
final class Lists {

    private Lists() {}

    /** A list of constants if all are known at compile time, else a tuple. */
    static Val of(List<Val> items) {
        var constants = new ArrayList<Constant>();
        for (Val item : items) {
            if (!(item instanceof Val.Const(Constant constant))) {
                return new Val.Tuple(List.copyOf(items));
            }
            constants.add(constant);
        }
        return new Val.Const(new Constant.ListOf(constants));
    }

    /** The items of a list or tuple. */
    static Optional<List<Val>> items(Val value, Checking c) {
        return switch (value) {
            case Val.Const(Constant.ListOf(List<Constant> items)) ->
                Optional.of(items.stream().map(c::value).toList());
            case Val.Tuple t -> Optional.of(t.items());
            case Val other -> Optional.empty();
        };
    }

    /** One list after the other, if both are lists and one holds values of run time. */
    static Optional<Val> joined(Val left, Val right, Checking c) {
        boolean tuple = left instanceof Val.Tuple || right instanceof Val.Tuple;
        Optional<List<Val>> a = tuple ? items(left, c) : Optional.empty();
        Optional<List<Val>> b = tuple ? items(right, c) : Optional.empty();
        if (a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        var all = new ArrayList<>(a.get());
        all.addAll(b.get());
        return Optional.of(of(all));
    }

    /** {@code reverse(list)}. */
    static Val reverse(BuiltinCall call) {
        Optional<List<Val>> items = items(call.value("list"), call.c());
        return items.isPresent()
                ? of(items.get().reversed())
                : call.fail(call.error("NND0205", "`reverse` takes a list, got " + Val.describe(call.value("list")))
                        .help("`flip(x, axis: 1)` turns an axis of a tensor around"));
    }
}
