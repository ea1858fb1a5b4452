package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A built-in function with brackets, such as {@code x -> reshape[N, 128]}, {@code cast[f32](x)} or
 * {@code full[N, 3](0.5)}.
 *
 * @param builtin the function
 * @param index the name and what is in brackets
 * @param piped values before {@code ->}
 * @param arguments what is in parentheses after the brackets
 * @param at the whole
 */
record BracketCall(
        Checking c,
        Builtin builtin,
        Expr.Index index,
        List<Arguments.Given> piped,
        List<Expr.Argument> arguments,
        At at) {

    /** The entries, none of which may be a slice; empty if one is, which is reported. */
    Optional<List<Expr>> items() {
        var items = new ArrayList<Expr>();
        for (Expr.IndexItem item : index.items()) {
            switch (item) {
                case Expr.IndexItem.At a -> items.add(a.value());
                case Expr.IndexItem.Slice s -> {
                    c.report(Diagnostic.error("NND0205", s.span(), "a range of indices cannot stand here"));
                    return Optional.empty();
                }
            }
        }
        return Optional.of(items);
    }

    /** The one value that it works on. */
    Val operand() {
        List<Arguments.Given> all = c.calls().inputs(piped, arguments, at.env());
        if (all.size() != 1) {
            return c.fail(error("NND0205", "`" + builtin.name() + "[...]` works on one value, got " + all.size())
                    .help("write `" + builtin.example() + "`"));
        }
        return all.getFirst().value();
    }

    /** The one value, which is a tensor. */
    Optional<Val.Tensor> tensor() {
        Val value = operand();
        if (value instanceof Val.Tensor x) {
            return Optional.of(x);
        }
        if (!(value instanceof Val.Poison)) {
            Diagnostic error =
                    error("NND0205", "`" + builtin.name() + "[...]` takes a tensor, got " + Val.describe(value));
            c.report(value instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
        }
        return Optional.empty();
    }

    /** What stands in parentheses, for a function that makes a tensor from nothing. */
    Arguments.Matched parameters(List<Arguments.Slot> slots) {
        return c.arguments().match("`" + builtin.name() + "[...]`", slots, piped, arguments, at);
    }

    Diagnostic error(String code, String message) {
        return Diagnostic.error(code, at.span(), message);
    }
}
