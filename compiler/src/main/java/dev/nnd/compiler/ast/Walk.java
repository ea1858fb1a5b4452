package dev.nnd.compiler.ast;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks through expressions as written. */
public final class Walk {

    private Walk() {}

    /** All names in an expression, in order. */
    public static List<Expr.Name> names(Expr expr) {
        var names = new ArrayList<Expr.Name>();
        collect(expr, names);
        return names;
    }

    private static void collect(Expr expr, List<Expr.Name> into) {
        if (expr instanceof Expr.Name n) {
            into.add(n);
        }
        children(expr).forEach(e -> collect(e, into));
    }

    /** The expressions directly inside one, in the order of the text. */
    public static List<Expr> children(Expr expr) {
        return switch (expr) {
            case Expr.Name n -> List.of();
            case Expr.IntLiteral i -> List.of();
            case Expr.FloatLiteral f -> List.of();
            case Expr.PercentLiteral p -> List.of();
            case Expr.DurationLiteral d -> List.of(d.count());
            case Expr.StringLiteral s -> List.of();
            case Expr.BoolLiteral b -> List.of();
            case Expr.NoneLiteral n -> List.of();
            case Expr.Ellipsis e -> List.of();
            case Expr.ListLiteral l -> l.items();
            case Expr.Tuple t -> t.items();
            case Expr.Unary u -> List.of(u.operand());
            case Expr.Binary b -> List.of(b.left(), b.right());
            case Expr.If i -> List.of(i.condition(), i.then(), i.otherwise());
            case Expr.Range r -> List.of(r.from(), r.to());
            case Expr.Call call -> call(call);
            case Expr.Index i -> index(i);
            case Expr.Member m -> List.of(m.target());
            case Expr.Rearrange r -> axes(r.from(), r.to());
            case Expr.Einsum e -> einsum(e);
            case Expr.Pipe p -> pipe(p);
        };
    }

    private static List<Expr> call(Expr.Call call) {
        var all = new ArrayList<Expr>();
        all.add(call.callee());
        call.arguments().forEach(a -> all.add(a.value()));
        return all;
    }

    private static List<Expr> index(Expr.Index index) {
        var all = new ArrayList<Expr>();
        all.add(index.target());
        for (Expr.IndexItem item : index.items()) {
            switch (item) {
                case Expr.IndexItem.At a -> all.add(a.value());
                case Expr.IndexItem.Slice s -> {
                    add(s.from(), all);
                    add(s.to(), all);
                    add(s.step(), all);
                }
            }
        }
        return all;
    }

    private static void add(Optional<Expr> expr, List<Expr> into) {
        expr.ifPresent(into::add);
    }

    private static List<Expr> axes(List<Expr.Axis> from, List<Expr.Axis> to) {
        var all = new ArrayList<Expr>();
        from.forEach(a -> all.addAll(a.parts()));
        to.forEach(a -> all.addAll(a.parts()));
        return all;
    }

    private static List<Expr> einsum(Expr.Einsum einsum) {
        var all = new ArrayList<Expr>();
        einsum.operands().forEach(o -> o.forEach(a -> all.addAll(a.parts())));
        einsum.result().forEach(a -> all.addAll(a.parts()));
        return all;
    }

    private static List<Expr> pipe(Expr.Pipe pipe) {
        var all = new ArrayList<Expr>();
        all.add(pipe.value());
        for (Expr.Stage stage : pipe.stages()) {
            all.add(stage.function());
            add(stage.repeat(), all);
        }
        return all;
    }
}
