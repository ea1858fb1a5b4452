package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Walks trees for what editors show. */
final class Syntax {

    private Syntax() {}

    /** Visits all expressions of a file that touch a stretch of it, outermost first. */
    static void expressions(NndFile file, int start, int end, Consumer<Expr> visitor) {
        for (Decl decl : file.declarations()) {
            if (touches(decl.span(), start, end)) {
                roots(decl).forEach(e -> visit(e, start, end, visitor));
            }
        }
    }

    /** Visits all pipes' stages that touch a stretch of a file. */
    static void stages(NndFile file, int start, int end, Consumer<Expr.Stage> visitor) {
        expressions(file, start, end, e -> {
            if (e instanceof Expr.Pipe p) {
                p.stages().stream().filter(s -> touches(s.span(), start, end)).forEach(visitor);
            }
        });
    }

    private static boolean touches(Span span, int start, int end) {
        return span.start() <= end && start <= span.end();
    }

    private static void visit(Expr expr, int start, int end, Consumer<Expr> visitor) {
        if (touches(expr.span(), start, end)) {
            visitor.accept(expr);
            Walk.children(expr).forEach(e -> visit(e, start, end, visitor));
        }
    }

    /** The outermost expressions of a declaration. */
    private static List<Expr> roots(Decl decl) {
        var found = new ArrayList<Expr>();
        switch (decl) {
            case Decl.Block b -> {
                b.parameters().forEach(p -> p.defaultValue().ifPresent(found::add));
                statements(b.body(), found);
            }
            case Decl.Function f -> {
                f.parameters().forEach(p -> p.defaultValue().ifPresent(found::add));
                statements(f.body(), found);
            }
            case Decl.Data d -> d.items().forEach(i -> data(i, found));
            case Decl.Train t -> {
                t.parameters().forEach(p -> p.defaultValue().ifPresent(found::add));
                t.items().forEach(i -> train(i, found));
            }
            case Decl.Tune t -> t.items().forEach(i -> tune(i, found));
        }
        return found;
    }

    private static void statements(List<Stmt> statements, List<Expr> into) {
        for (Stmt statement : statements) {
            switch (statement) {
                case Stmt.Input i -> i.otherwise().ifPresent(into::add);
                case Stmt.Output o -> into.add(o.value());
                case Stmt.Let l -> into.add(l.value());
                case Stmt.Unpack u -> into.add(u.value());
                case Stmt.Var v -> into.add(v.value());
                case Stmt.Assign a -> into.add(a.value());
                case Stmt.Layer l -> into.add(l.value());
                case Stmt.Param p -> p.init().ifPresent(into::add);
                case Stmt.For f -> {
                    into.add(f.range());
                    statements(f.body(), into);
                }
                case Stmt.If i -> {
                    into.add(i.condition());
                    statements(i.then(), into);
                    statements(i.otherwise(), into);
                }
                case Stmt.Require r -> into.add(r.condition());
            }
        }
    }

    private static void data(DataItem item, List<Expr> into) {
        switch (item) {
            case DataItem.Source s -> into.add(s.value());
            case DataItem.Split s -> {}
            case DataItem.Field f -> into.add(f.value());
            case DataItem.Augment a -> into.add(a.pipe());
            case DataItem.OnError o -> into.add(o.policy());
        }
    }

    private static void train(TrainItem item, List<Expr> into) {
        switch (item) {
            case TrainItem.Model m -> into.add(m.value());
            case TrainItem.Data d -> {}
            case TrainItem.Let l -> into.add(l.value());
            case TrainItem.Unpack u -> into.add(u.value());
            case TrainItem.Minimize m -> {
                into.add(m.loss());
                into.add(m.optimizer());
            }
            case TrainItem.Metric m -> into.addAll(m.metrics());
            case TrainItem.Freeze f -> into.addAll(f.paths());
            case TrainItem.Adapt a -> {
                into.addAll(a.paths());
                into.add(a.adapter());
            }
            case TrainItem.Keep k -> into.add(k.by());
            case TrainItem.StopEarly s -> into.add(s.on());
            case TrainItem.Checkpoint k -> into.add(k.every());
            case TrainItem.Validate v -> into.add(v.every());
            case TrainItem.Setting s -> into.add(s.value());
        }
    }

    private static void tune(TuneItem item, List<Expr> into) {
        switch (item) {
            case TuneItem.Train t -> {}
            case TuneItem.Search s -> into.add(s.space());
            case TuneItem.Objective o -> into.add(o.metric());
            case TuneItem.Setting s -> into.add(s.value());
        }
    }
}
