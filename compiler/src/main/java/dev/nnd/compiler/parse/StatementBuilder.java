package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.grammar.NndParser.AssignStatementContext;
import dev.nnd.grammar.NndParser.BodyContext;
import dev.nnd.grammar.NndParser.BranchContext;
import dev.nnd.grammar.NndParser.ExpressionContext;
import dev.nnd.grammar.NndParser.ForStatementContext;
import dev.nnd.grammar.NndParser.IfStatementContext;
import dev.nnd.grammar.NndParser.InputStatementContext;
import dev.nnd.grammar.NndParser.LayerStatementContext;
import dev.nnd.grammar.NndParser.LetStatementContext;
import dev.nnd.grammar.NndParser.OutputStatementContext;
import dev.nnd.grammar.NndParser.ParamStatementContext;
import dev.nnd.grammar.NndParser.RequireStatementContext;
import dev.nnd.grammar.NndParser.StatementContext;
import dev.nnd.grammar.NndParser.UnpackStatementContext;
import dev.nnd.grammar.NndParser.VarStatementContext;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** Builds the statements of blocks, models and functions. */
final class StatementBuilder {

    private final Names names;
    private final ExpressionBuilder expressions;
    private final TypeBuilder types;

    StatementBuilder(Names names, ExpressionBuilder expressions, TypeBuilder types) {
        this.names = names;
        this.expressions = expressions;
        this.types = types;
    }

    List<Stmt> body(BodyContext context) {
        return context.statement().stream()
                .filter(Names::whole)
                .map(this::statement)
                .toList();
    }

    /** A function's {@code = expression} as the output that it stands for. */
    List<Stmt> body(ExpressionContext context) {
        Expr value = expressions.expression(context);
        return List.of(new Stmt.Output("", Optional.empty(), Optional.empty(), value, names.span(context)));
    }

    private Stmt statement(StatementContext context) {
        Span span = names.span(context);
        return switch (context) {
            case InputStatementContext s ->
                new Stmt.Input(
                        names.doc(s),
                        names.ident(s.name()),
                        types.type(s.type()),
                        expressions.optional(s.expression()),
                        span);
            case OutputStatementContext s -> {
                Optional<TypeExpr> type = types.optional(s.type());
                Expr value = expressions.expression(s.expression());
                yield new Stmt.Output(names.doc(s), names.optional(s.name()), type, value, span);
            }
            case LetStatementContext s ->
                new Stmt.Let(
                        names.ident(s.name()), types.optional(s.type()), expressions.expression(s.expression()), span);
            case UnpackStatementContext s ->
                new Stmt.Unpack(names.all(s.names()), expressions.expression(s.expression()), span);
            case VarStatementContext s ->
                new Stmt.Var(names.ident(s.name()), expressions.expression(s.expression()), span);
            case AssignStatementContext s ->
                new Stmt.Assign(names.ident(s.name()), expressions.expression(s.expression()), span);
            case LayerStatementContext s ->
                new Stmt.Layer(names.ident(s.name()), expressions.expression(s.expression()), span);
            case ParamStatementContext s -> {
                Optional<Expr> init = expressions.optional(s.expression());
                yield new Stmt.Param(
                        names.doc(s), names.ident(s.name()), types.type(s.type()), init, s.BUFFER() == null, span);
            }
            case ForStatementContext s -> {
                Expr range = expressions.expression(s.expression());
                yield new Stmt.For(names.ident(s.name()), range, body(s.body()), span);
            }
            case IfStatementContext s -> conditional(s, 0);
            case RequireStatementContext s -> {
                List<Expr> parts = expressions.all(s.expression());
                Optional<Expr> message = parts.size() == 2 ? Optional.of(parts.get(1)) : Optional.empty();
                yield new Stmt.Require(parts.getFirst(), message, span);
            }
            default -> throw new IllegalStateException("no such statement: " + context.getText());
        };
    }

    /** The branch and all that follow; an {@code else if} is an if alone in the otherwise part. */
    private Stmt conditional(IfStatementContext context, int branch) {
        BranchContext here = context.branch(branch);
        List<Stmt> otherwise = List.of();
        if (branch + 1 < context.branch().size()) {
            otherwise = List.of(conditional(context, branch + 1));
        } else if (context.body() != null) {
            otherwise = body(context.body());
        }
        Span end = names.span(context);
        Span span = names.span(context.IF(branch).getSymbol()).to(end);
        return new Stmt.If(expressions.expression(here.expression()), body(here.body()), otherwise, span);
    }
}
