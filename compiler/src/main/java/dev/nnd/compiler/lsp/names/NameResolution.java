package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Walks the declarations of a file. */
final class NameResolution {

    private final Globals globals;
    private final List<Occurrence> found = new ArrayList<>();

    NameResolution(Globals globals) {
        this.globals = globals;
    }

    List<Occurrence> run(NndFile file) {
        for (NndFile.QualifiedName name : file.imports()) {
            globals.imported(name)
                    .ifPresent(d -> found.add(
                            new Occurrence(name.parts().getLast().span(), Symbols.of(d), Occurrence.Role.READ)));
        }
        for (Decl decl : file.declarations()) {
            found.add(new Occurrence(decl.name().span(), Symbols.of(decl), Occurrence.Role.DEFINITION));
            var names = new ExpressionNames(globals, decl, found);
            switch (decl) {
                case Decl.Block b -> new BodyNames(names, b).block(b);
                case Decl.Function f -> new BodyNames(names, f).function(f);
                case Decl.Data d -> data(d, names);
                case Decl.Train t -> train(t, names);
                case Decl.Tune t -> tune(t, names);
            }
        }
        return found;
    }

    /** The bodies of blocks, models and functions. */
    private record BodyNames(ExpressionNames names, Decl decl) {

        void block(Decl.Block block) {
            var scope = new NameScope(null);
            parameters(block.parameters(), scope);
            for (Stmt statement : block.body()) {
                if (statement instanceof Stmt.Input i) {
                    names.signature(i.type(), "`" + i.span().text() + "`", scope);
                    names.define(Symbols.of(i, decl), scope);
                }
            }
            statements(block.body(), scope);
        }

        void function(Decl.Function function) {
            var scope = new NameScope(null);
            for (Decl.Parameter p : function.parameters()) {
                names.signature(p.type(), "`" + p.span().text() + "`", scope);
                p.defaultValue().ifPresent(e -> names.all(e, scope));
                names.define(Symbols.of(p, decl), scope);
            }
            function.result().ifPresent(r -> names.type(r, scope));
            statements(function.body(), scope);
        }

        private void parameters(List<Decl.Parameter> parameters, NameScope scope) {
            for (Decl.Parameter p : parameters) {
                names.type(p.type(), scope);
                p.defaultValue().ifPresent(e -> names.all(e, scope));
                names.define(Symbols.of(p, decl), scope);
            }
        }

        private void statements(List<Stmt> statements, NameScope scope) {
            statements.forEach(s -> statement(s, scope));
        }

        private void statement(Stmt statement, NameScope scope) {
            switch (statement) {
                case Stmt.Input i -> {}
                case Stmt.Output o -> {
                    o.type().ifPresent(t -> names.type(t, scope));
                    names.all(o.value(), scope);
                    o.name().ifPresent(n -> names.define(Symbols.of(o, n, decl), scope));
                }
                case Stmt.Let l -> {
                    l.type().ifPresent(t -> names.type(t, scope));
                    names.all(l.value(), scope);
                    names.define(Symbols.let(l.name(), l.value(), decl), scope);
                }
                case Stmt.Unpack u -> {
                    names.all(u.value(), scope);
                    u.names().forEach(n -> names.define(Symbols.part(n, decl), scope));
                }
                case Stmt.Var v -> {
                    names.all(v.value(), scope);
                    names.define(Symbols.of(v, decl), scope);
                }
                case Stmt.Assign a -> {
                    names.all(a.value(), scope);
                    names.write(a.name(), scope);
                }
                case Stmt.Layer l -> {
                    names.all(l.value(), scope);
                    names.define(Symbols.of(l, decl), scope);
                }
                case Stmt.Param p -> {
                    names.type(p.type(), scope);
                    p.init().ifPresent(e -> names.all(e, scope));
                    names.define(Symbols.of(p, decl), scope);
                }
                case Stmt.For f -> {
                    names.all(f.range(), scope);
                    var inner = new NameScope(scope);
                    names.define(Symbols.of(f, decl), inner);
                    statements(f.body(), inner);
                }
                case Stmt.If i -> {
                    names.all(i.condition(), scope);
                    statements(i.then(), new NameScope(scope));
                    statements(i.otherwise(), new NameScope(scope));
                }
                case Stmt.Require r -> {
                    names.all(r.condition(), scope);
                    r.message().ifPresent(m -> names.message(m, scope));
                }
            }
        }
    }

    private void data(Decl.Data data, ExpressionNames names) {
        var scope = new NameScope(null);
        data.parent().ifPresent(p -> {
            names.use(p.name(), p.span(), scope);
            globals.find(p.name()).filter(d -> d instanceof Decl.Data).ifPresent(d -> inherited((Decl.Data) d, scope));
        });
        for (DataItem item : data.items()) {
            if (item instanceof DataItem.Source s) {
                names.all(s.value(), scope);
                names.define(Symbols.of(s, data), scope);
            }
        }
        var fields = new NameScope(scope);
        for (DataItem item : data.items()) {
            if (item instanceof DataItem.Field f) {
                names.type(f.type(), fields);
                names.all(f.value(), fields);
                names.define(Symbols.of(f, data), fields);
            }
        }
        data.items().forEach(i -> dataItem(i, data, names, scope, fields));
    }

    private void inherited(Decl.Data parent, NameScope scope) {
        Symbols.parts(parent, globals).forEach(scope::define);
        Symbols.fields(parent, globals).forEach(scope::define);
    }

    private static void dataItem(
            DataItem item, Decl.Data data, ExpressionNames names, NameScope scope, NameScope fields) {
        switch (item) {
            case DataItem.Split s -> {
                names.use(s.source().name(), s.source().span(), scope);
                s.parts().forEach(p -> names.define(Symbols.of(p, s, data), scope));
                s.stratifiedBy().ifPresent(b -> names.use(b.name(), b.span(), fields));
                s.groupedBy().ifPresent(b -> names.use(b.name(), b.span(), fields));
                s.seed().ifPresent(e -> names.all(e, fields));
            }
            case DataItem.Augment a -> names.all(a.pipe(), fields);
            case DataItem.OnError o -> {}
            case DataItem.Source s -> {}
            case DataItem.Field f -> {}
        }
    }

    private void train(Decl.Train train, ExpressionNames names) {
        var scope = new NameScope(null);
        var parts = new NameScope(null);
        for (Decl.Parameter p : train.parameters()) {
            names.type(p.type(), scope);
            p.defaultValue().ifPresent(e -> names.all(e, scope));
            names.define(Symbols.of(p, train), scope);
        }
        for (TrainItem item : train.items()) {
            if (item instanceof TrainItem.Data d) {
                names.use(d.name().name(), d.name().span(), scope);
                globals.find(d.name().name())
                        .filter(f -> f instanceof Decl.Data)
                        .ifPresent(f -> {
                            Symbols.fields((Decl.Data) f, globals).forEach(scope::define);
                            Symbols.parts((Decl.Data) f, globals).forEach(parts::define);
                        });
            }
        }
        train.items().forEach(i -> trainItem(i, train, names, scope, parts));
    }

    private void trainItem(TrainItem item, Decl.Train train, ExpressionNames names, NameScope scope, NameScope parts) {
        switch (item) {
            case TrainItem.Model m -> {
                names.all(m.value(), scope);
                m.from().ifPresent(e -> names.all(e, scope));
                names.define(Symbols.of(m, train), scope);
            }
            case TrainItem.Data d -> {}
            case TrainItem.Let l -> {
                names.all(l.value(), scope);
                names.define(Symbols.let(l.name(), l.value(), train), scope);
            }
            case TrainItem.Unpack u -> {
                names.all(u.value(), scope);
                u.names().forEach(n -> names.define(Symbols.part(n, train), scope));
            }
            case TrainItem.Minimize m -> {
                names.all(m.loss(), scope);
                m.over().forEach(e -> names.all(e, scope));
                names.all(m.optimizer(), scope);
            }
            case TrainItem.Metric m -> m.metrics().forEach(e -> names.all(e, scope));
            case TrainItem.Freeze f -> f.paths().forEach(e -> names.all(e, scope));
            case TrainItem.Adapt a -> {
                a.paths().forEach(e -> names.all(e, scope));
                names.all(a.adapter(), scope);
            }
            case TrainItem.Keep k -> objective(k.by(), names, parts);
            case TrainItem.StopEarly s -> objective(s.on(), names, parts);
            case TrainItem.Checkpoint k -> names.all(k.every(), scope);
            case TrainItem.Validate v -> names.all(v.every(), scope);
            case TrainItem.Setting s -> {
                if (!(s.value() instanceof Expr.Name)
                        || scope.find(s.value().span().text()).isPresent()) {
                    names.all(s.value(), scope);
                }
            }
        }
    }

    /** {@code validation.accuracy}: a part of the data and a metric. */
    private void objective(Expr expr, ExpressionNames names, NameScope parts) {
        if (expr instanceof Expr.Member(Expr.Name part, Ident metric, var span)) {
            parts.find(part.name()).ifPresent(s -> names.read(part.span(), s));
            globals.find(metric.name()).map(Symbols::of).ifPresent(s -> names.read(metric.span(), s));
        }
    }

    private void tune(Decl.Tune tune, ExpressionNames names) {
        var scope = new NameScope(null);
        var parts = new NameScope(null);
        Optional<Decl.Train> train = tune.items().stream()
                .filter(i -> i instanceof TuneItem.Train)
                .flatMap(i -> globals.find(((TuneItem.Train) i).name().name()).stream())
                .filter(d -> d instanceof Decl.Train)
                .map(d -> (Decl.Train) d)
                .findFirst();
        train.ifPresent(t -> {
            t.parameters().forEach(p -> scope.define(Symbols.of(p, t)));
            partsOf(t, parts);
        });
        for (TuneItem item : tune.items()) {
            switch (item) {
                case TuneItem.Train t -> names.use(t.name().name(), t.name().span(), new NameScope(null));
                case TuneItem.Search s -> {
                    scope.find(s.name().name())
                            .ifPresent(p -> names.read(s.name().span(), p));
                    names.all(s.space(), new NameScope(null));
                }
                case TuneItem.Objective o -> objective(o.metric(), names, parts);
                case TuneItem.Setting s -> {}
            }
        }
    }

    private void partsOf(Decl.Train train, NameScope parts) {
        Globals there = globals.of(train);
        for (TrainItem item : train.items()) {
            if (item instanceof TrainItem.Data d) {
                there.find(d.name().name())
                        .filter(f -> f instanceof Decl.Data)
                        .ifPresent(f -> Symbols.parts((Decl.Data) f, there).forEach(parts::define));
            }
        }
    }
}
