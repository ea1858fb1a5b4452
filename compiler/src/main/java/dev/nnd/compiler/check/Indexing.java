package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What stands before brackets: {@code reshape[...]} and the like, an item of a list, or new axes of a tensor. */
final class Indexing {

    private final Checking c;
    private final Reshaping reshaping;

    Indexing(Checking c) {
        this.c = c;
        this.reshaping = new Reshaping(c);
    }

    /** An index as written; in a pipe, {@code piped} holds the value before it. */
    Val index(Expr.Index index, List<Arguments.Given> piped, Env env) {
        if (index.target() instanceof Expr.Name n && env.scope().find(n.name()).isEmpty()) {
            Optional<Builtin> builtin = Builtins.named(n.name()).filter(Builtin::brackets);
            if (builtin.isPresent()) {
                return bracketed(builtin.get(), index, piped, env);
            }
        }
        Val target = c.expressions().eval(index.target(), env);
        return switch (target) {
            case Val.Const(Constant.ListOf(List<Constant> items)) -> item(items, index, env);
            case Val.Tensor t -> newAxes(t, index, env);
            case Val.Poison p -> p;
            case Val.Function f -> c.unsupported("`" + f.ref().name() + "[...]`", index.span());
            case Val other ->
                c.fail(Diagnostic.error("NND0205", index.span(), Val.describe(other) + " cannot be indexed"));
        };
    }

    private Val bracketed(Builtin builtin, Expr.Index index, List<Arguments.Given> piped, Env env) {
        if (piped.size() != 1) {
            return c.fail(Diagnostic.error(
                            "NND0205",
                            index.span(),
                            "`" + builtin.name() + "[...]` works on one value, got " + piped.size())
                    .help("write `" + builtin.example() + "`"));
        }
        Optional<List<Expr>> items = plain(index);
        Val value = piped.getFirst().value();
        if (items.isEmpty() || value instanceof Val.Poison) {
            return Val.POISON;
        }
        var at = new At(index.span(), env);
        if (builtin.name().equals("cast")) {
            return cast(value, items.get(), at);
        }
        if (!(value instanceof Val.Tensor x)) {
            Diagnostic error = Diagnostic.error(
                    "NND0205",
                    index.span(),
                    "`" + builtin.name() + "[...]` takes a tensor, got " + Val.describe(value));
            return c.fail(value instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
        }
        return switch (builtin.name()) {
            case "reshape" -> reshaping.reshape(x, items.get(), at);
            case "squeeze" -> reshaping.squeeze(x, items.get(), at);
            default -> reshaping.unsqueeze(x, items.get(), at);
        };
    }

    /** The entries, none of which may be a slice. */
    private Optional<List<Expr>> plain(Expr.Index index) {
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

    private Val cast(Val value, List<Expr> items, At at) {
        if (items.size() != 1 || !(items.getFirst() instanceof Expr.Name name)) {
            return c.fail(Diagnostic.error("NND0217", at.span(), "`cast` takes one dtype, such as `cast[f32]`"));
        }
        Optional<DType> dtype = c.types().dtype(new dev.nnd.compiler.ast.Ident(name.name(), name.span()));
        if (dtype.isEmpty()) {
            return Val.POISON;
        }
        if (!(value instanceof Val.Tensor x)) {
            return value instanceof Val.Const(Constant k)
                            && ConstantFolding.number(k).isPresent()
                    ? Val.Const.of(ConstantFolding.number(k).getAsDouble())
                    : c.fail(Diagnostic.error(
                            "NND0205", at.span(), "`cast` takes a tensor, got " + Val.describe(value)));
        }
        if (x.type().dtype() == dtype.get()) {
            return x;
        }
        List<Constant> attributes = List.of(new Constant.Text(dtype.get().text()));
        return c.apply(Primitive.CAST, List.of(x), attributes, x.type().as(dtype.get()), at);
    }

    private Val item(List<Constant> items, Expr.Index index, Env env) {
        Optional<List<Expr>> at = plain(index);
        if (at.isEmpty() || at.get().size() != 1) {
            return at.isEmpty()
                    ? Val.POISON
                    : c.fail(Diagnostic.error("NND0205", index.span(), "a list has one index"));
        }
        Optional<Long> number = c.expressions().constant(at.get().getFirst(), env, "an index");
        if (number.isEmpty()) {
            return Val.POISON;
        }
        long from = number.get() < 0 ? number.get() + items.size() : number.get();
        if (from < 0 || from >= items.size()) {
            return c.fail(Diagnostic.error(
                    "NND0221",
                    at.get().getFirst().span(),
                    "the list has " + items.size() + " items, there is no item " + number.get()
                            + (items.isEmpty() ? "" : "; the first is 0")));
        }
        return c.value(items.get((int) from));
    }

    /** {@code x[:, none]}: whole axes and new ones; picking parts of a tensor is not there yet. */
    private Val newAxes(Val.Tensor x, Expr.Index index, Env env) {
        var dims = new ArrayList<Dim>();
        int used = 0;
        int whole = (int) index.items().stream()
                .filter(i -> i instanceof Expr.IndexItem.Slice)
                .count();
        for (Expr.IndexItem item : index.items()) {
            if (item instanceof Expr.IndexItem.At(Expr.NoneLiteral n, var s)) {
                dims.add(Dim.ONE);
            } else if (item instanceof Expr.IndexItem.At(Expr.Ellipsis e, var s)) {
                int skipped = Math.max(0, x.type().rank() - whole - used);
                dims.addAll(x.type().dims().subList(used, Math.min(x.type().rank(), used + skipped)));
                used += skipped;
            } else if (item instanceof Expr.IndexItem.Slice s
                    && isWhole(s)
                    && used < x.type().rank()) {
                dims.add(x.type().dim(used++));
                whole--;
            } else if (used >= x.type().rank()) {
                return c.fail(x.trace()
                        .mark(Diagnostic.error(
                                "NND0311", item.span(), "there are more indices than dims of " + x.type())));
            } else {
                return c.unsupported("picking parts of a tensor by index", index.span());
            }
        }
        dims.addAll(x.type().dims().subList(used, x.type().rank()));
        return reshaping.to(x, dims, new At(index.span(), env));
    }

    private static boolean isWhole(Expr.IndexItem.Slice slice) {
        return slice.from().isEmpty() && slice.to().isEmpty() && slice.step().isEmpty();
    }
}
