package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.Expr;
import java.util.ArrayList;
import java.util.List;

/** The expressions directly inside of one. */
public final class Children {

    private Children() {}

    /** In the order of the text. */
    public static List<Expr> of(Expr expr) {
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
            case Expr.Rearrange r -> List.of();
            case Expr.Einsum e -> List.of();
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
                    s.from().ifPresent(all::add);
                    s.to().ifPresent(all::add);
                    s.step().ifPresent(all::add);
                }
            }
        }
        return all;
    }

    private static List<Expr> pipe(Expr.Pipe pipe) {
        var all = new ArrayList<Expr>();
        all.add(pipe.value());
        for (Expr.Stage stage : pipe.stages()) {
            all.add(stage.function());
            stage.repeat().ifPresent(all::add);
        }
        return all;
    }
}
