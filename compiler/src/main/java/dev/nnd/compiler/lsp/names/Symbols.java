package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes symbols of what trees declare. */
public final class Symbols {

    private Symbols() {}

    /** A declaration at the top of a file. */
    public static Symbol of(Decl decl) {
        Symbol.Kind kind = switch (decl) {
            case Decl.Block b -> b.model() ? Symbol.Kind.MODEL : Symbol.Kind.BLOCK;
            case Decl.Function f -> Symbol.Kind.FUNCTION;
            case Decl.Data d -> Symbol.Kind.DATA;
            case Decl.Train t -> Symbol.Kind.TRAIN;
            case Decl.Tune t -> Symbol.Kind.TUNE;
        };
        return new Symbol(
                kind,
                decl.name().name(),
                decl.name().span(),
                header(decl),
                decl.doc(),
                Optional.empty(),
                Optional.empty());
    }

    /** The first line of a declaration, as written, without its body. */
    static String header(Decl decl) {
        String name = decl.name().name();
        return switch (decl) {
            case Decl.Block b -> (b.model() ? "model " : "block ") + name + parameters(b.parameters());
            case Decl.Function f ->
                "fn " + name + "(" + joined(f.parameters()) + ")"
                        + f.result().map(r -> " -> " + r.span().text()).orElse("");
            case Decl.Data d ->
                "data " + name + d.parent().map(p -> " from " + p.name()).orElse("");
            case Decl.Train t -> "train " + name + parameters(t.parameters());
            case Decl.Tune t -> "tune " + name;
        };
    }

    private static String parameters(List<Decl.Parameter> parameters) {
        return parameters.isEmpty() ? "" : "(" + joined(parameters) + ")";
    }

    private static String joined(List<Decl.Parameter> parameters) {
        return String.join(", ", parameters.stream().map(p -> p.span().text()).toList());
    }

    /** A parameter of a declaration. */
    public static Symbol of(Decl.Parameter p, Decl in) {
        String text = p.span().text();
        return made(Symbol.Kind.PARAMETER, p.name(), text, "", p.defaultValue().map(Expr::span), in);
    }

    static Symbol of(Stmt.Input i, Decl in) {
        return made(Symbol.Kind.INPUT, i.name(), i.span().text(), i.doc(), Optional.empty(), in);
    }

    static Symbol of(Stmt.Output o, Ident name, Decl in) {
        String type = o.type().map(t -> ": " + t.span().text()).orElse("");
        Optional<Span> value = Optional.of(o.value().span());
        return made(Symbol.Kind.OUTPUT, name, "output " + name.name() + type, o.doc(), value, in);
    }

    static Symbol of(Stmt.Param p, Decl in) {
        return made(Symbol.Kind.WEIGHT, p.name(), p.span().text(), p.doc(), Optional.empty(), in);
    }

    static Symbol of(Stmt.Layer l, Decl in) {
        return made(
                Symbol.Kind.LAYER,
                l.name(),
                l.span().text(),
                "",
                Optional.of(l.value().span()),
                in);
    }

    static Symbol let(Ident name, Expr value, Decl in) {
        return made(Symbol.Kind.LET, name, "let " + name.name(), "", Optional.of(value.span()), in);
    }

    /** One of the names of {@code let (a, b) = ...}, whose value has no text of its own. */
    static Symbol part(Ident name, Decl in) {
        return made(Symbol.Kind.LET, name, "let " + name.name(), "", Optional.empty(), in);
    }

    static Symbol of(Stmt.Var v, Decl in) {
        return made(
                Symbol.Kind.VAR,
                v.name(),
                "var " + v.name().name(),
                "",
                Optional.of(v.value().span()),
                in);
    }

    static Symbol of(Stmt.For f, Decl in) {
        String text = "for " + f.variable().name() + " in " + f.range().span().text();
        return made(Symbol.Kind.INDEX, f.variable(), text, "", Optional.empty(), in);
    }

    static Symbol stage(Expr.Stage stage, Ident name, Decl in) {
        String text = stage.function().span().text() + " as " + name.name();
        return made(
                Symbol.Kind.LAYER, name, text, "", Optional.of(stage.function().span()), in);
    }

    static Symbol dim(Ident name, String where, Decl in) {
        return made(Symbol.Kind.DIM, name, "dim " + name.name() + "  // of " + where, "", Optional.empty(), in);
    }

    static Symbol of(TrainItem.Model m, Decl in) {
        String text = "model " + m.name().name() + " = " + m.value().span().text();
        return made(Symbol.Kind.NET, m.name(), text, "", Optional.of(m.value().span()), in);
    }

    static Symbol of(DataItem.Source s, Decl in) {
        return made(Symbol.Kind.SOURCE, s.name(), s.span().text(), "", Optional.empty(), in);
    }

    static Symbol of(DataItem.Part p, DataItem.Split split, Decl in) {
        return made(Symbol.Kind.PART, p.name(), split.span().text(), "", Optional.empty(), in);
    }

    static Symbol of(DataItem.Field f, Decl in) {
        String text = "field " + f.name().name() + ": " + f.type().span().text();
        return made(
                Symbol.Kind.FIELD,
                f.name(),
                text,
                f.doc(),
                Optional.of(f.value().span()),
                in);
    }

    private static Symbol made(
            Symbol.Kind kind, Ident name, String text, String doc, Optional<Span> value, Decl container) {
        return new Symbol(kind, name.name(), name.span(), text, doc, value, Optional.of(container));
    }

    /** The parameters of a declaration. */
    public static List<Decl.Parameter> parameters(Decl decl) {
        return switch (decl) {
            case Decl.Block b -> b.parameters();
            case Decl.Function f -> f.parameters();
            case Decl.Train t -> t.parameters();
            case Decl.Data d -> List.of();
            case Decl.Tune t -> List.of();
        };
    }

    /** The outputs of a block; one without a name of its own takes that of its value. */
    public static List<Symbol> outputs(Decl.Block block) {
        var found = new ArrayList<Symbol>();
        for (Stmt statement : all(block.body())) {
            if (statement instanceof Stmt.Output o) {
                o.name()
                        .or(() -> o.value() instanceof Expr.Name n
                                ? Optional.of(new Ident(n.name(), n.span()))
                                : Optional.empty())
                        .ifPresent(n -> found.add(of(o, n, block)));
            }
        }
        return found;
    }

    /** What has weights in a block: its params, its layers, its named stages. */
    public static List<Symbol> weights(Decl.Block block) {
        var found = new ArrayList<Symbol>();
        for (Stmt statement : all(block.body())) {
            switch (statement) {
                case Stmt.Param p -> found.add(of(p, block));
                case Stmt.Layer l -> found.add(of(l, block));
                case Stmt.Let l -> stages(l.value(), block, found);
                case Stmt.Unpack u -> stages(u.value(), block, found);
                case Stmt.Var v -> stages(v.value(), block, found);
                case Stmt.Assign a -> stages(a.value(), block, found);
                case Stmt.Output o -> stages(o.value(), block, found);
                case Stmt.Input i -> {}
                case Stmt.For f -> {}
                case Stmt.If i -> {}
                case Stmt.Require r -> {}
            }
        }
        return found;
    }

    private static void stages(Expr expr, Decl in, List<Symbol> into) {
        if (expr instanceof Expr.Pipe p) {
            p.stages().forEach(s -> s.name().ifPresent(n -> into.add(stage(s, n, in))));
        }
        Walk.children(expr).forEach(e -> stages(e, in, into));
    }

    /** Statements with those in {@code for} and {@code if}. */
    static List<Stmt> all(List<Stmt> statements) {
        var found = new ArrayList<Stmt>();
        for (Stmt statement : statements) {
            found.add(statement);
            switch (statement) {
                case Stmt.For f -> found.addAll(all(f.body()));
                case Stmt.If i -> {
                    found.addAll(all(i.then()));
                    found.addAll(all(i.otherwise()));
                }
                case Stmt.Input i -> {}
                case Stmt.Output o -> {}
                case Stmt.Let l -> {}
                case Stmt.Unpack u -> {}
                case Stmt.Var v -> {}
                case Stmt.Assign a -> {}
                case Stmt.Layer l -> {}
                case Stmt.Param p -> {}
                case Stmt.Require r -> {}
            }
        }
        return found;
    }

    /** The fields of a data section and of those that it is made from. */
    public static List<Symbol> fields(Decl.Data data, Globals globals) {
        var found = new ArrayList<Symbol>();
        for (Decl.Data d : lineage(data, globals)) {
            for (DataItem item : d.items()) {
                if (item instanceof DataItem.Field f
                        && found.stream()
                                .noneMatch(s -> s.name().equals(f.name().name()))) {
                    found.add(of(f, d));
                }
            }
        }
        return found;
    }

    /** The sources of a data section and the parts that they are split into; of two with one name the later holds. */
    public static List<Symbol> parts(Decl.Data data, Globals globals) {
        var found = new ArrayList<Symbol>();
        for (Decl.Data d : lineage(data, globals).reversed()) {
            for (DataItem item : d.items()) {
                switch (item) {
                    case DataItem.Split s -> s.parts().forEach(p -> found.add(of(p, s, d)));
                    case DataItem.Source s -> found.add(of(s, d));
                    case DataItem.Field f -> {}
                    case DataItem.Augment a -> {}
                    case DataItem.OnError o -> {}
                }
            }
        }
        return found;
    }

    private static List<Decl.Data> lineage(Decl.Data data, Globals globals) {
        var found = new ArrayList<Decl.Data>();
        Optional<Decl.Data> next = Optional.of(data);
        Globals here = globals;
        while (next.isPresent() && !found.contains(next.get())) {
            found.add(next.get());
            here = here.of(next.get());
            Globals names = here;
            next = next.get()
                    .parent()
                    .flatMap(p -> names.find(p.name()))
                    .filter(d -> d instanceof Decl.Data)
                    .map(d -> (Decl.Data) d);
        }
        return found;
    }
}
