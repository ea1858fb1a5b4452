package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.Walk;
import java.util.List;
import java.util.Optional;

/** What can stand behind the dot of an expression, found without types: through the blocks that are called. */
public final class Members {

    private static final int DEEPEST = 16;

    /** What an expression is, as far as its members go. */
    private sealed interface Meaning {

        /** A layer that can be called: it has weights. */
        record InstanceOf(Decl.Block block) implements Meaning {}

        /** What a layer gave: it has outputs. */
        record OutputsOf(Decl.Block block) implements Meaning {}

        /** A data section: it has fields. */
        record FieldsOf(Decl.Data data) implements Meaning {}
    }

    private final Globals globals;
    private final NameScope scope;

    Members(Globals globals, NameScope scope) {
        this.globals = globals;
        this.scope = scope;
    }

    /** The member of a name behind an expression's dot. */
    Optional<Symbol> find(Expr target, String name) {
        return of(target).stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** All members of an expression. */
    List<Symbol> of(Expr target) {
        Optional<Meaning> meaning = meaning(target, 0);
        if (meaning.isEmpty()) {
            return List.of();
        }
        return switch (meaning.get()) {
            case Meaning.InstanceOf i -> Symbols.weights(i.block());
            case Meaning.OutputsOf o -> Symbols.outputs(o.block());
            case Meaning.FieldsOf f -> Symbols.fields(f.data(), globals);
        };
    }

    private Optional<Meaning> meaning(Expr expr, int depth) {
        if (depth > DEEPEST) {
            return Optional.empty();
        }
        return switch (expr) {
            case Expr.Name n -> name(n, depth);
            case Expr.Call call -> called(call.callee(), depth);
            case Expr.Pipe p -> stage(p.stages().getLast().function(), depth);
            case Expr.Member m -> find(m.target(), m.member().name()).flatMap(s -> symbol(s, depth));
            case Expr other -> Optional.empty();
        };
    }

    private Optional<Meaning> name(Expr.Name name, int depth) {
        Optional<Symbol> local = scope.find(name.name());
        if (local.isPresent()) {
            return symbol(local.get(), depth);
        }
        return globals.find(name.name())
                .filter(d -> d instanceof Decl.Data)
                .map(d -> new Meaning.FieldsOf((Decl.Data) d));
    }

    private Optional<Meaning> symbol(Symbol symbol, int depth) {
        Optional<Expr> value = symbol.container().flatMap(d -> Values.of(d, symbol));
        if (value.isEmpty()) {
            return Optional.empty();
        }
        boolean instance = symbol.kind() == Symbol.Kind.LAYER || symbol.kind() == Symbol.Kind.NET;
        if (!instance) {
            return meaning(value.get(), depth + 1);
        }
        Globals there = globals.of(symbol.container().get());
        return block(value.get(), there).map(Meaning.InstanceOf::new);
    }

    /** The block that {@code Bert()} makes an instance of. */
    private static Optional<Decl.Block> block(Expr made, Globals globals) {
        return made instanceof Expr.Call call && call.callee() instanceof Expr.Name n
                ? globals.find(n.name()).filter(d -> d instanceof Decl.Block).map(d -> (Decl.Block) d)
                : Optional.empty();
    }

    private Optional<Meaning> called(Expr callee, int depth) {
        Optional<Decl.Block> made = block(callee, globals);
        if (made.isPresent()) {
            return made.map(Meaning.OutputsOf::new);
        }
        return meaning(callee, depth + 1)
                .filter(m -> m instanceof Meaning.InstanceOf)
                .map(m -> new Meaning.OutputsOf(((Meaning.InstanceOf) m).block()));
    }

    private Optional<Meaning> stage(Expr function, int depth) {
        Optional<Decl.Block> made = block(function, globals);
        return made.isPresent() ? made.map(Meaning.OutputsOf::new) : called(function, depth);
    }

    /** Finds the expression that a symbol stands for. */
    private static final class Values {

        private Values() {}

        static Optional<Expr> of(Decl decl, Symbol symbol) {
            return switch (decl) {
                case Decl.Block b -> statements(b.body(), symbol);
                case Decl.Function f -> statements(f.body(), symbol);
                case Decl.Train t ->
                    t.items().stream()
                            .flatMap(i -> switch (i) {
                                case TrainItem.Model m -> Optional.of(m.value()).stream();
                                case TrainItem.Let l -> Optional.of(l.value()).stream();
                                case TrainItem other -> Optional.<Expr>empty().stream();
                            })
                            .filter(e -> isValue(e, symbol))
                            .findFirst();
                case Decl.Data d -> Optional.empty();
                case Decl.Tune t -> Optional.empty();
            };
        }

        private static Optional<Expr> statements(List<Stmt> body, Symbol symbol) {
            for (Stmt statement : Symbols.all(body)) {
                Optional<Expr> value = switch (statement) {
                    case Stmt.Let l -> Optional.of(l.value());
                    case Stmt.Var v -> Optional.of(v.value());
                    case Stmt.Layer l -> Optional.of(l.value());
                    case Stmt.Output o -> Optional.of(o.value());
                    case Stmt.Assign a -> Optional.of(a.value());
                    case Stmt other -> Optional.empty();
                };
                Optional<Expr> found = value.flatMap(e -> within(e, symbol));
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        private static boolean isValue(Expr expr, Symbol symbol) {
            return symbol.value().filter(s -> s.equals(expr.span())).isPresent();
        }

        /** The expression itself, or for a named stage one inside. */
        private static Optional<Expr> within(Expr expr, Symbol symbol) {
            if (isValue(expr, symbol)) {
                return Optional.of(expr);
            }
            if (symbol.kind() != Symbol.Kind.LAYER) {
                return Optional.empty();
            }
            return Walk.children(expr).stream()
                    .flatMap(e -> within(e, symbol).stream())
                    .findFirst();
        }
    }
}
