package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The expressions and types of a file, each with what is around it. */
final class Syntax {

    /** Names that a declaration introduces for its body. */
    record Scope(Span span, List<String> inputs, List<String> numbers) {}

    /**
     * An expression in its place.
     *
     * @param above the expressions around it, the innermost first
     * @param type the written type that it is a dim of
     * @param statement the statement around it
     * @param scope the declaration around it
     */
    record Place(Expr expr, List<Expr> above, Optional<TypeExpr> type, Span statement, Scope scope) {
        Span span() {
            return expr.span();
        }
    }

    /** A tensor type in its place. */
    record Written(TypeExpr.Tensor type, Span statement, Scope scope) {}

    private final List<Place> places = new ArrayList<>();
    private final List<Written> types = new ArrayList<>();
    private final List<Place> defaults = new ArrayList<>();
    private final List<TypeExpr.Classes> classes = new ArrayList<>();
    private final List<String> fields = new ArrayList<>();
    private final List<String> models = new ArrayList<>();

    Syntax(NndFile file) {
        file.declarations().forEach(this::declaration);
    }

    List<Place> places() {
        return places;
    }

    List<Written> types() {
        return types;
    }

    /** The defaults of parameters. */
    List<Place> defaults() {
        return defaults;
    }

    /** The types of labels. */
    List<TypeExpr.Classes> classes() {
        return classes;
    }

    /** The fields of data sections, as an expression says them: {@code Reviews.tokens}. */
    List<String> fields() {
        return fields;
    }

    /** The names that train sections give their models. */
    List<String> models() {
        return models;
    }

    private void declaration(Decl declaration) {
        switch (declaration) {
            case Decl.Block b -> {
                Scope scope = scope(b.span(), b.parameters(), b.body());
                parameters(b.parameters(), scope);
                b.body().forEach(s -> statement(s, scope));
            }
            case Decl.Function f -> {
                Scope scope = scope(f.span(), f.parameters(), f.body());
                parameters(f.parameters(), scope);
                f.result().ifPresent(t -> type(t, f.span(), scope));
                f.body().forEach(s -> statement(s, scope));
            }
            case Decl.Data d -> {
                var scope = new Scope(d.span(), List.of(), List.of());
                d.items().forEach(i -> item(i, scope));
                for (DataItem item : d.items()) {
                    if (item instanceof DataItem.Field f) {
                        fields.add(d.name().name() + "." + f.name().name());
                    }
                }
            }
            case Decl.Train t -> train(t);
            case Decl.Tune t -> {
                var scope = new Scope(t.span(), List.of(), List.of());
                t.items().forEach(i -> item(i, scope));
            }
        }
    }

    private static Scope scope(Span span, List<Decl.Parameter> parameters, List<Stmt> body) {
        var inputs = new ArrayList<String>();
        var numbers = new ArrayList<String>();
        for (Decl.Parameter parameter : parameters) {
            boolean isInt = parameter.type() instanceof TypeExpr.Named n
                    && n.name().name().equals("int");
            if (isInt) {
                numbers.add(parameter.name().name());
            } else if (parameter.type() instanceof TypeExpr.Tensor) {
                inputs.add(parameter.name().name());
            }
        }
        for (Stmt statement : body) {
            if (statement instanceof Stmt.Input i) {
                inputs.add(i.name().name());
                dims(i.type(), numbers);
            } else if (statement instanceof Stmt.Let l) {
                inputs.add(l.name().name());
            } else if (statement instanceof Stmt.Unpack u) {
                u.names().forEach(n -> inputs.add(n.name()));
            }
        }
        return new Scope(span, inputs, numbers);
    }

    private static void dims(TypeExpr type, List<String> into) {
        if (type instanceof TypeExpr.Tensor t) {
            for (Expr dim : t.dims()) {
                if (dim instanceof Expr.Name n && !into.contains(n.name())) {
                    into.add(n.name());
                }
            }
        }
    }

    private void train(Decl.Train train) {
        var inputs = new ArrayList<String>();
        for (TrainItem item : train.items()) {
            if (item instanceof TrainItem.Let l) {
                inputs.add(l.name().name());
            } else if (item instanceof TrainItem.Unpack u) {
                u.names().forEach(n -> inputs.add(n.name()));
            } else if (item instanceof TrainItem.Model m) {
                models.add(m.name().name());
            }
        }
        for (TrainItem item : train.items()) {
            expressions(item).stream()
                    .flatMap(e -> Walk.names(e).stream())
                    .map(Expr.Name::name)
                    .filter(n -> !inputs.contains(n) && Character.isLowerCase(n.charAt(0)))
                    .forEach(inputs::add);
        }
        var scope = new Scope(train.span(), inputs, List.of());
        parameters(train.parameters(), scope);
        train.items().forEach(i -> expressions(i).forEach(e -> expr(e, i.span(), scope)));
    }

    private static List<Expr> expressions(TrainItem item) {
        var all = new ArrayList<Expr>();
        switch (item) {
            case TrainItem.Model m -> all.add(m.value());
            case TrainItem.Data d -> {}
            case TrainItem.Let l -> all.add(l.value());
            case TrainItem.Unpack u -> all.add(u.value());
            case TrainItem.Minimize m -> {
                all.add(m.loss());
                all.addAll(m.over());
                all.add(m.optimizer());
            }
            case TrainItem.Metric m -> all.addAll(m.metrics());
            case TrainItem.Freeze f -> all.addAll(f.paths());
            case TrainItem.Adapt a -> {
                all.addAll(a.paths());
                all.add(a.adapter());
            }
            case TrainItem.Keep k -> all.add(k.by());
            case TrainItem.StopEarly s -> {
                all.add(s.on());
                s.patience().ifPresent(all::add);
            }
            case TrainItem.Checkpoint k -> all.add(k.every());
            case TrainItem.Validate v -> all.add(v.every());
            case TrainItem.Setting s -> all.add(s.value());
        }
        return all;
    }

    private void item(DataItem item, Scope scope) {
        switch (item) {
            case DataItem.Source s -> expr(s.value(), s.span(), scope);
            case DataItem.Split s -> s.parts().forEach(p -> expr(p.share(), s.span(), scope));
            case DataItem.Field f -> {
                type(f.type(), f.span(), scope);
                expr(f.value(), f.span(), scope);
            }
            case DataItem.Augment a -> expr(a.pipe(), a.span(), scope);
            case DataItem.OnError o -> expr(o.policy(), o.span(), scope);
        }
    }

    private void item(TuneItem item, Scope scope) {
        switch (item) {
            case TuneItem.Train t -> {}
            case TuneItem.Search s -> expr(s.space(), s.span(), scope);
            case TuneItem.Objective o -> expr(o.metric(), o.span(), scope);
            case TuneItem.Setting s -> expr(s.value(), s.span(), scope);
        }
    }

    private void parameters(List<Decl.Parameter> parameters, Scope scope) {
        for (Decl.Parameter parameter : parameters) {
            type(parameter.type(), parameter.span(), scope);
            parameter.defaultValue().ifPresent(v -> {
                expr(v, parameter.span(), scope);
                defaults.add(new Place(v, List.of(), Optional.empty(), parameter.span(), scope));
            });
        }
    }

    private void statement(Stmt statement, Scope scope) {
        Span span = statement.span();
        switch (statement) {
            case Stmt.Input i -> type(i.type(), span, scope);
            case Stmt.Output o -> {
                o.type().ifPresent(t -> type(t, span, scope));
                expr(o.value(), span, scope);
            }
            case Stmt.Let l -> {
                l.type().ifPresent(t -> type(t, span, scope));
                expr(l.value(), span, scope);
            }
            case Stmt.Unpack u -> expr(u.value(), span, scope);
            case Stmt.Var v -> expr(v.value(), span, scope);
            case Stmt.Assign a -> expr(a.value(), span, scope);
            case Stmt.Layer l -> expr(l.value(), span, scope);
            case Stmt.Param p -> {
                type(p.type(), span, scope);
                p.init().ifPresent(i -> expr(i, span, scope));
            }
            case Stmt.For f -> {
                expr(f.range(), f.range().span(), scope);
                f.body().forEach(s -> statement(s, scope));
            }
            case Stmt.If i -> {
                expr(i.condition(), i.condition().span(), scope);
                i.then().forEach(s -> statement(s, scope));
                i.otherwise().forEach(s -> statement(s, scope));
            }
            case Stmt.Require r -> expr(r.condition(), span, scope);
        }
    }

    private void type(TypeExpr type, Span statement, Scope scope) {
        switch (type) {
            case TypeExpr.Named n -> {}
            case TypeExpr.Tensor t -> {
                types.add(new Written(t, statement, scope));
                t.dims().forEach(d -> expr(d, List.of(), Optional.of(t), statement, scope));
            }
            case TypeExpr.Classes k -> {
                classes.add(k);
                k.items().forEach(i -> expr(i, List.of(), Optional.of(k), statement, scope));
            }
            case TypeExpr.ListOf l -> type(l.element(), statement, scope);
            case TypeExpr.Function f -> {}
            case TypeExpr.Tuple t -> t.parts().forEach(p -> type(p.type(), statement, scope));
        }
    }

    private void expr(Expr expr, Span statement, Scope scope) {
        expr(expr, List.of(), Optional.empty(), statement, scope);
    }

    private void expr(Expr expr, List<Expr> above, Optional<TypeExpr> type, Span statement, Scope scope) {
        places.add(new Place(expr, above, type, statement, scope));
        List<Expr> children = Walk.children(expr);
        if (!children.isEmpty()) {
            var around = new ArrayList<Expr>(above.size() + 1);
            around.add(expr);
            around.addAll(above);
            children.forEach(c -> expr(c, around, type, statement, scope));
        }
    }
}
