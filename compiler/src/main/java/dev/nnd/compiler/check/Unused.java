package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Warns of names that nothing mentions. */
final class Unused {

    private static final Pattern IN_MESSAGE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

    private final Checking c;

    Unused(Checking c) {
        this.c = c;
    }

    void check(NndFile file) {
        var all = new HashSet<String>();
        for (Decl declaration : file.declarations()) {
            Set<String> used = used(declaration);
            all.addAll(used);
            declared(declaration, used);
        }
        for (NndFile.QualifiedName name : file.imports()) {
            if (!all.contains(name.parts().getLast().name())) {
                Diagnostic warning =
                        Diagnostic.warning("NND0112", name.span(), "the import of `" + name.text() + "` is not used");
                c.report(line(
                                name.span(),
                                Pattern.compile("import\\s+"
                                                + Pattern.quote(name.span().text()))
                                        .asMatchPredicate())
                        .map(l -> warning.help("remove it").fix(l, ""))
                        .orElse(warning));
            }
        }
    }

    private void declared(Decl declaration, Set<String> used) {
        switch (declaration) {
            case Decl.Block b -> {
                b.parameters().forEach(p -> warn(p.name(), "parameter", used));
                statements(b.body(), used);
            }
            case Decl.Function f -> {
                f.parameters().forEach(p -> warn(p.name(), "parameter", used));
                statements(f.body(), used);
            }
            case Decl.Train t -> {
                t.parameters().forEach(p -> warn(p.name(), "setting", used));
                for (TrainItem item : t.items()) {
                    if (item instanceof TrainItem.Let l) {
                        warn(l.name(), "let", l.span(), used);
                    } else if (item instanceof TrainItem.Unpack u) {
                        unpacked(u.names(), used);
                    }
                }
            }
            case Decl.Data d -> {}
            case Decl.Tune t -> {}
        }
    }

    private void statements(List<Stmt> statements, Set<String> used) {
        for (Stmt statement : statements) {
            switch (statement) {
                case Stmt.Input i -> warn(i.name(), "input", used);
                case Stmt.Let l -> warn(l.name(), "let", l.span(), used);
                case Stmt.Unpack u -> unpacked(u.names(), used);
                case Stmt.Var v -> warn(v.name(), "var", used);
                case Stmt.Layer l -> warn(l.name(), "layer", used);
                case Stmt.Param p -> warn(p.name(), "param", used);
                case Stmt.For f -> statements(f.body(), used);
                case Stmt.If i -> {
                    statements(i.then(), used);
                    statements(i.otherwise(), used);
                }
                case Stmt.Output o -> {}
                case Stmt.Assign a -> {}
                case Stmt.Require r -> {}
            }
        }
    }

    /** The values have their places, so a name that is not used becomes {@code _}. */
    private void unpacked(List<Ident> names, Set<String> used) {
        for (Ident name : names) {
            if (isUnused(name, used)) {
                c.report(Diagnostic.warning("NND0110", name.span(), "the let `" + name.name() + "` is never used")
                        .help("write `_` for a value that is not needed")
                        .fix(name.span(), "_"));
            }
        }
    }

    /** A statement that does nothing but name a value can go. */
    private void warn(Ident name, String word, Span statement, Set<String> used) {
        if (isUnused(name, used)) {
            Diagnostic warning = unused(name, word);
            c.report(line(statement, statement.text()::equals)
                    .map(l -> warning.fix(l, ""))
                    .orElse(warning));
        }
    }

    /** The lines of a text with the break behind them, if nothing else is on them. */
    private static Optional<Span> line(Span span, Predicate<String> expected) {
        String text = span.file().text();
        int start = text.lastIndexOf('\n', span.start() - 1) + 1;
        int end = text.indexOf('\n', span.end());
        int behind = end < 0 ? text.length() : end + 1;
        boolean alone = expected.test(text.substring(start, behind).strip());
        return alone ? Optional.of(new Span(span.file(), start, behind)) : Optional.empty();
    }

    private static boolean isUnused(Ident name, Set<String> used) {
        return !used.contains(name.name()) && !name.name().startsWith("_");
    }

    private static Diagnostic unused(Ident name, String word) {
        return Diagnostic.warning("NND0110", name.span(), "the " + word + " `" + name.name() + "` is never used")
                .help("remove it, or use it");
    }

    private void warn(Ident name, String word, Set<String> used) {
        if (isUnused(name, used)) {
            c.report(unused(name, word));
        }
    }

    private static Set<String> used(Decl declaration) {
        var used = new HashSet<String>();
        switch (declaration) {
            case Decl.Block b -> {
                parameters(b.parameters(), used);
                body(b.body(), used);
            }
            case Decl.Function f -> {
                parameters(f.parameters(), used);
                f.result().ifPresent(r -> type(r, used));
                body(f.body(), used);
            }
            case Decl.Train t -> {
                parameters(t.parameters(), used);
                t.items().forEach(i -> train(i, used));
            }
            case Decl.Data d -> {
                d.parent().ifPresent(p -> used.add(p.name()));
                d.items().forEach(i -> data(i, used));
            }
            case Decl.Tune t -> {
                for (TuneItem item : t.items()) {
                    if (item instanceof TuneItem.Train n) {
                        used.add(n.name().name());
                    }
                }
            }
        }
        return used;
    }

    private static void parameters(List<Decl.Parameter> parameters, Set<String> used) {
        parameters.forEach(p -> {
            type(p.type(), used);
            expr(p.defaultValue(), used);
        });
    }

    private static void body(List<Stmt> statements, Set<String> used) {
        for (Stmt statement : statements) {
            switch (statement) {
                case Stmt.Input i -> {
                    type(i.type(), used);
                    expr(i.otherwise(), used);
                }
                case Stmt.Output o -> {
                    o.type().ifPresent(t -> type(t, used));
                    expr(o.value(), used);
                }
                case Stmt.Let l -> {
                    l.type().ifPresent(t -> type(t, used));
                    expr(l.value(), used);
                }
                case Stmt.Unpack u -> expr(u.value(), used);
                case Stmt.Var v -> expr(v.value(), used);
                case Stmt.Assign a -> expr(a.value(), used);
                case Stmt.Layer l -> expr(l.value(), used);
                case Stmt.Param p -> {
                    type(p.type(), used);
                    expr(p.init(), used);
                }
                case Stmt.For f -> {
                    expr(f.range(), used);
                    body(f.body(), used);
                }
                case Stmt.If i -> {
                    expr(i.condition(), used);
                    body(i.then(), used);
                    body(i.otherwise(), used);
                }
                case Stmt.Require r -> {
                    expr(r.condition(), used);
                    r.message().ifPresent(m -> message(m, used));
                }
            }
        }
    }

    private static void message(Expr message, Set<String> used) {
        expr(message, used);
        if (message instanceof Expr.StringLiteral s) {
            IN_MESSAGE.matcher(s.value()).results().forEach(m -> used.add(m.group(1)));
        }
    }

    private static void train(TrainItem item, Set<String> used) {
        switch (item) {
            case TrainItem.Model m -> expr(m.value(), used);
            case TrainItem.Data d -> used.add(d.name().name());
            case TrainItem.Let l -> expr(l.value(), used);
            case TrainItem.Unpack u -> expr(u.value(), used);
            case TrainItem.Minimize m -> {
                expr(m.loss(), used);
                expr(m.optimizer(), used);
            }
            case TrainItem.Metric m -> m.metrics().forEach(e -> expr(e, used));
            case TrainItem.Freeze f -> f.paths().forEach(e -> expr(e, used));
            case TrainItem.Adapt a -> {
                a.paths().forEach(e -> expr(e, used));
                expr(a.adapter(), used);
            }
            case TrainItem.Keep k -> expr(k.by(), used);
            case TrainItem.StopEarly s -> expr(s.on(), used);
            case TrainItem.Checkpoint k -> expr(k.every(), used);
            case TrainItem.Validate v -> expr(v.every(), used);
            case TrainItem.Setting s -> expr(s.value(), used);
        }
    }

    private static void data(DataItem item, Set<String> used) {
        switch (item) {
            case DataItem.Source s -> expr(s.value(), used);
            case DataItem.Split s -> s.parts().forEach(p -> expr(p.share(), used));
            case DataItem.Field f -> expr(f.value(), used);
            case DataItem.Augment a -> expr(a.pipe(), used);
            case DataItem.OnError o -> expr(o.policy(), used);
        }
    }

    private static void type(TypeExpr type, Set<String> used) {
        switch (type) {
            case TypeExpr.Named n -> used.add(n.name().name());
            case TypeExpr.Tensor t -> t.dims().forEach(d -> expr(d, used));
            case TypeExpr.Classes k -> k.items().forEach(i -> expr(i, used));
            case TypeExpr.ListOf l -> type(l.element(), used);
            case TypeExpr.Tuple t -> t.parts().forEach(p -> type(p.type(), used));
            case TypeExpr.Function f -> {
                f.parameters().forEach(p -> type(p, used));
                f.result().ifPresent(r -> type(r, used));
            }
        }
    }

    private static void expr(Optional<Expr> expr, Set<String> used) {
        expr.ifPresent(e -> expr(e, used));
    }

    private static void expr(Expr expr, Set<String> used) {
        Walk.names(expr).forEach(n -> used.add(n.name()));
    }
}
