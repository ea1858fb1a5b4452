package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names in the expressions and types of one declaration. */
final class ExpressionNames {

    private static final Pattern IN_MESSAGE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

    private final Globals globals;
    private final Decl decl;
    private final List<Occurrence> found;

    ExpressionNames(Globals globals, Decl decl, List<Occurrence> found) {
        this.globals = globals;
        this.decl = decl;
        this.found = found;
    }

    /** A name that is introduced. */
    void define(Symbol symbol, NameScope scope) {
        scope.define(symbol);
        found.add(new Occurrence(symbol.span(), symbol, Occurrence.Role.DEFINITION));
    }

    void read(Span span, Symbol symbol) {
        found.add(new Occurrence(span, symbol, Occurrence.Role.READ));
    }

    void write(Ident name, NameScope scope) {
        scope.find(name.name()).ifPresent(s -> found.add(new Occurrence(name.span(), s, Occurrence.Role.WRITE)));
    }

    /** A name where it is used. */
    void use(String name, Span span, NameScope scope) {
        scope.find(name).or(() -> globals.find(name).map(Symbols::of)).ifPresent(s -> read(span, s));
    }

    void all(Expr expr, NameScope scope) {
        switch (expr) {
            case Expr.Name n -> use(n.name(), n.span(), scope);
            case Expr.Call call -> call(call, scope);
            case Expr.Member m -> {
                all(m.target(), scope);
                member(m, scope);
            }
            case Expr.Pipe p -> pipe(p, scope);
            case Expr.Rearrange r -> {
                var axes = new NameScope(scope);
                r.from().forEach(a -> axis(a, axes));
                r.to().forEach(a -> axis(a, axes));
            }
            case Expr.Einsum e -> {
                var axes = new NameScope(null);
                e.operands().forEach(o -> o.forEach(a -> axis(a, axes)));
                e.result().forEach(a -> axis(a, axes));
            }
            case Expr other -> Walk.children(other).forEach(c -> all(c, scope));
        }
    }

    private void member(Expr.Member member, NameScope scope) {
        new Members(globals, scope)
                .find(member.target(), member.member().name())
                .ifPresent(s -> read(member.member().span(), s));
    }

    private void call(Expr.Call call, NameScope scope) {
        all(call.callee(), scope);
        Optional<Decl> callee =
                call.callee() instanceof Expr.Name n && scope.find(n.name()).isEmpty()
                        ? globals.find(n.name())
                        : Optional.empty();
        for (Expr.Argument argument : call.arguments()) {
            argument.name().ifPresent(n -> callee.ifPresent(d -> parameter(n, d)));
            all(argument.value(), scope);
        }
    }

    private void parameter(Ident name, Decl of) {
        Symbols.parameters(of).stream()
                .filter(p -> p.name().name().equals(name.name()))
                .findFirst()
                .ifPresent(p -> read(name.span(), Symbols.of(p, of)));
    }

    private void pipe(Expr.Pipe pipe, NameScope scope) {
        all(pipe.value(), scope);
        for (Expr.Stage stage : pipe.stages()) {
            all(stage.function(), scope);
            stage.repeat().ifPresent(r -> all(r, scope));
            stage.name()
                    .ifPresent(n -> found.add(
                            new Occurrence(n.span(), Symbols.stage(stage, n, decl), Occurrence.Role.DEFINITION)));
        }
    }

    /** An axis is a dim or value in sight, or a name of the pattern's own. */
    private void axis(Expr.Axis axis, NameScope axes) {
        for (Expr part : axis.parts()) {
            if (part instanceof Expr.Name n) {
                Optional<Symbol> known = axes.find(n.name());
                if (known.isPresent()) {
                    read(n.span(), known.get());
                } else {
                    define(Symbols.dim(new Ident(n.name(), n.span()), "this pattern", decl), axes);
                }
            }
        }
    }

    /** The names in {@code "width {D} is too small"}. */
    void message(Expr message, NameScope scope) {
        if (!(message instanceof Expr.StringLiteral)) {
            all(message, scope);
            return;
        }
        Span span = message.span();
        IN_MESSAGE.matcher(span.text()).results().forEach(m -> {
            var place = new Span(span.file(), span.start() + m.start(1), span.start() + m.end(1));
            use(m.group(1), place, scope);
        });
    }

    /** A type whose dims are known. */
    void type(TypeExpr type, NameScope scope) {
        switch (type) {
            case TypeExpr.Named n -> {}
            case TypeExpr.Tensor t -> t.dims().forEach(d -> all(d, scope));
            case TypeExpr.Classes c -> c.items().forEach(i -> all(i, scope));
            case TypeExpr.ListOf l -> type(l.element(), scope);
            case TypeExpr.Tuple t -> t.parts().forEach(p -> type(p.type(), scope));
            case TypeExpr.Function f -> {
                f.parameters().forEach(p -> signature(p, "this type", new NameScope(scope)));
                f.result().ifPresent(r -> signature(r, "this type", new NameScope(scope)));
            }
        }
    }

    /** A type that binds its dims: a new name that stands alone is one. */
    void signature(TypeExpr type, String where, NameScope scope) {
        if (!(type instanceof TypeExpr.Tensor t)) {
            type(type, scope);
            return;
        }
        for (Expr dim : t.dims()) {
            if (dim instanceof Expr.Name n && scope.find(n.name()).isEmpty()) {
                define(Symbols.dim(new Ident(n.name(), n.span()), where, decl), scope);
            } else {
                all(dim, scope);
            }
        }
    }
}
