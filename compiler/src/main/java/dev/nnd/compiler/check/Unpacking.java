package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code let (a, b) = value}: a name for each of the outputs of a call, or of the items of a list or tuple. */
final class Unpacking {

    /** The name that names nothing. */
    private static final String NOTHING = "_";

    private final Checking c;

    Unpacking(Checking c) {
        this.c = c;
    }

    /** Introduces the names; if there are not as many values, they stand for nothing. */
    void unpack(List<Ident> names, Val value, Expr expr, Env env) {
        Optional<List<Val>> items = items(value);
        boolean fits = items.isPresent() && items.get().size() == names.size();
        if (!fits && !(value instanceof Val.Poison)) {
            c.report(mismatch(names, value, items, expr));
        }
        Map<String, Span> seen = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Ident name = names.get(i);
            if (name.name().equals(NOTHING)) {
                continue;
            }
            Span first = seen.putIfAbsent(name.name(), name.span());
            if (first != null) {
                c.report(Diagnostic.error("NND0105", name.span(), "two values here are named `" + name.name() + "`")
                        .label(first, "the first is here")
                        .help("write `_` for a value that is not needed"));
                continue;
            }
            Val item = fits ? items.get().get(i) : Val.POISON;
            c.statements().define(name, Scope.Kind.LET, Statements.bound(item, name, env), env);
        }
    }

    private Optional<List<Val>> items(Val value) {
        return value instanceof Val.Outputs o ? Optional.of(List.copyOf(o.values())) : Lists.items(value, c);
    }

    private static Diagnostic mismatch(List<Ident> names, Val value, Optional<List<Val>> items, Expr expr) {
        String wanted = names.size() + (names.size() == 1 ? " name" : " names");
        String there = names.size() == 1 ? "there is " : "there are ";
        Span span = names.getFirst().span().to(names.getLast().span());
        if (items.isEmpty()) {
            Diagnostic error = Diagnostic.error(
                            "NND0241", span, there + wanted + " for one value, " + Val.describe(value))
                    .label(expr.span(), "the value is here");
            return value instanceof Val.Tensor t
                    ? t.trace()
                            .mark(error)
                            .help("a tensor is taken apart by an index, or by `split`, `chunk` and `shape`")
                    : error;
        }
        int count = items.get().size();
        Diagnostic error = Diagnostic.error(
                        "NND0241", span, there + wanted + " for " + count + (count == 1 ? " value" : " values"))
                .label(
                        expr.span(),
                        value instanceof Val.Outputs o ? "gives " + listed(o.names()) : "the values are here");
        return count > names.size()
                ? error.help("write `_` for a value that is not needed")
                        .candidate(
                                "write `_` for a value that is not needed",
                                new Span(span.file(), span.end(), span.end()),
                                ", _".repeat(count - names.size()))
                : error;
    }

    private static String listed(List<String> names) {
        return "`" + String.join("`, `", names) + "`";
    }
}
