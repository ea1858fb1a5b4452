package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.grammar.NndParser;
import dev.nnd.grammar.NndParser.ClassesTypeContext;
import dev.nnd.grammar.NndParser.FunctionTypeContext;
import dev.nnd.grammar.NndParser.ListTypeContext;
import dev.nnd.grammar.NndParser.TensorTypeContext;
import dev.nnd.grammar.NndParser.TypeContext;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds types. */
final class TypeBuilder {

    private final Names names;
    private final ExpressionBuilder expressions;

    TypeBuilder(Names names, ExpressionBuilder expressions) {
        this.names = names;
        this.expressions = expressions;
    }

    TypeExpr type(TypeContext context) {
        Span span = names.span(context);
        return switch (context) {
            case ClassesTypeContext classes -> new TypeExpr.Classes(expressions.all(classes.expression()), span);
            case TensorTypeContext tensor -> tensor(tensor, span);
            case ListTypeContext list -> new TypeExpr.ListOf(type(list.type()), span);
            case FunctionTypeContext function -> function(function, span);
            default -> throw new IllegalStateException("no such type: " + context.getText());
        };
    }

    Optional<TypeExpr> optional(@Nullable TypeContext context) {
        return Optional.ofNullable(context).map(this::type);
    }

    /** The default value of a parameter. */
    Expr value(NndParser.ExpressionContext context) {
        return expressions.expression(context);
    }

    private TypeExpr tensor(TensorTypeContext context, Span span) {
        Ident name = names.ident(context.typeName());
        return context.LBRACK() == null
                ? new TypeExpr.Named(name, span)
                : new TypeExpr.Tensor(
                        name, context.dim().stream().map(this::dim).toList(), span);
    }

    private Expr dim(NndParser.DimContext context) {
        return context.ELLIPSIS() != null
                ? new Expr.Ellipsis(names.span(context))
                : expressions.expression(context.expression());
    }

    private TypeExpr function(FunctionTypeContext context, Span span) {
        List<TypeExpr> types = context.type().stream().map(this::type).toList();
        return new TypeExpr.Function(types, result(context.result()), span);
    }

    /** What a function gives. */
    Optional<TypeExpr> result(NndParser.@Nullable ResultContext context) {
        if (context == null) {
            return Optional.empty();
        }
        return Optional.of(
                context.type() != null
                        ? type(context.type())
                        : new TypeExpr.Tuple(
                                context.resultPart().stream()
                                        .filter(Names::whole)
                                        .map(p -> new TypeExpr.Part(names.optional(p.name()), type(p.type())))
                                        .toList(),
                                names.span(context)));
    }
}
