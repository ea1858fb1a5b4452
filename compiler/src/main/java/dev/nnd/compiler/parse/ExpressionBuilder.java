package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Escapes;
import dev.nnd.grammar.NndParser.ArgumentContext;
import dev.nnd.grammar.NndParser.AxisContext;
import dev.nnd.grammar.NndParser.AxisPartContext;
import dev.nnd.grammar.NndParser.BinaryOperandContext;
import dev.nnd.grammar.NndParser.CallPostfixContext;
import dev.nnd.grammar.NndParser.ConditionalExpressionContext;
import dev.nnd.grammar.NndParser.DurationOperandContext;
import dev.nnd.grammar.NndParser.EinsumPrimaryContext;
import dev.nnd.grammar.NndParser.EllipsisIndexContext;
import dev.nnd.grammar.NndParser.ExpressionContext;
import dev.nnd.grammar.NndParser.FalsePrimaryContext;
import dev.nnd.grammar.NndParser.FromIndexContext;
import dev.nnd.grammar.NndParser.GroupPrimaryContext;
import dev.nnd.grammar.NndParser.IndexItemContext;
import dev.nnd.grammar.NndParser.IndexPostfixContext;
import dev.nnd.grammar.NndParser.ListPrimaryContext;
import dev.nnd.grammar.NndParser.MemberPostfixContext;
import dev.nnd.grammar.NndParser.NamePrimaryContext;
import dev.nnd.grammar.NndParser.NonePrimaryContext;
import dev.nnd.grammar.NndParser.NumberPrimaryContext;
import dev.nnd.grammar.NndParser.OpenIndexContext;
import dev.nnd.grammar.NndParser.OperandContext;
import dev.nnd.grammar.NndParser.PercentPrimaryContext;
import dev.nnd.grammar.NndParser.PipeExpressionContext;
import dev.nnd.grammar.NndParser.PostfixContext;
import dev.nnd.grammar.NndParser.PostfixOperandContext;
import dev.nnd.grammar.NndParser.PrimaryContext;
import dev.nnd.grammar.NndParser.PrimaryPostfixContext;
import dev.nnd.grammar.NndParser.RearrangePrimaryContext;
import dev.nnd.grammar.NndParser.StageContext;
import dev.nnd.grammar.NndParser.StringPrimaryContext;
import dev.nnd.grammar.NndParser.TruePrimaryContext;
import dev.nnd.grammar.NndParser.UnaryOperandContext;
import dev.nnd.grammar.NndParser.UnitContext;
import dev.nnd.grammar.Span;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Builds expressions. */
final class ExpressionBuilder {

    private final Names names;
    private final List<Diagnostic> problems;

    ExpressionBuilder(Names names, List<Diagnostic> problems) {
        this.names = names;
        this.problems = problems;
    }

    List<Expr> all(List<ExpressionContext> contexts) {
        return contexts.stream().map(this::expression).toList();
    }

    Optional<Expr> optional(@Nullable ExpressionContext context) {
        return Optional.ofNullable(context).map(this::expression);
    }

    Expr expression(ExpressionContext context) {
        return switch (context) {
            case ConditionalExpressionContext c ->
                new Expr.If(expression(c.condition), expression(c.then), expression(c.otherwise), names.span(c));
            case PipeExpressionContext pipe -> pipe(pipe);
            default -> throw new IllegalStateException("no such expression: " + context.getText());
        };
    }

    private Expr pipe(PipeExpressionContext context) {
        Expr value = operand(context.operand());
        List<Expr.Stage> stages = context.stage().stream().map(this::stage).toList();
        return stages.isEmpty() ? value : new Expr.Pipe(value, stages, names.span(context));
    }

    private Expr.Stage stage(StageContext context) {
        Expr function = postfix(context.function);
        switch (function) {
            case Expr.Name name -> {}
            case Expr.Call call -> {}
            case Expr.Index index -> {}
            case Expr.Member member -> {}
            case Expr.Rearrange rearrange -> {}
            case Expr.Einsum einsum -> {}
            default ->
                problems.add(
                        Diagnostic.error(
                                        "NND0007",
                                        names.span(context.function),
                                        "a stage of a pipe is a block or a function")
                                .help(
                                        "write its name, or a call such as `Dense(10)`; stages that belong together make a `block`"));
        }
        Optional<Expr> repeat = Optional.ofNullable(context.repeat).map(this::postfix);
        return new Expr.Stage(function, names.optional(context.name()), repeat, names.span(context));
    }

    private Expr operand(OperandContext context) {
        Span span = names.span(context);
        return switch (context) {
            case PostfixOperandContext p -> postfix(p.postfix());
            case DurationOperandContext d -> {
                Expr count = d.INT() != null ? whole(d.INT()) : real(d.FLOAT());
                UnitContext unit = d.unit();
                yield new Expr.DurationLiteral(count, unit.EPOCH() != null || unit.EPOCHS() != null, span);
            }
            case UnaryOperandContext unary -> {
                var operator = unary.MINUS() != null ? Expr.UnaryOperator.NEGATE : Expr.UnaryOperator.NOT;
                yield new Expr.Unary(operator, operand(unary.operand()), span);
            }
            case BinaryOperandContext binary -> {
                Expr left = operand(binary.operand(0));
                Expr right = operand(binary.operand(1));
                yield binary.RANGE() != null
                        ? new Expr.Range(left, right, span)
                        : new Expr.Binary(operator(binary.getChild(1).getText()), left, right, span);
            }
            default -> throw new IllegalStateException("no such operand: " + context.getText());
        };
    }

    private static Expr.BinaryOperator operator(String text) {
        for (Expr.BinaryOperator operator : Expr.BinaryOperator.values()) {
            if (operator.text().equals(text)) {
                return operator;
            }
        }
        throw new IllegalStateException("no such operator: " + text);
    }

    private Expr postfix(PostfixContext context) {
        Span span = names.span(context);
        return switch (context) {
            case PrimaryPostfixContext p -> primary(p.primary());
            case MemberPostfixContext m -> new Expr.Member(postfix(m.postfix()), names.ident(m.word()), span);
            case IndexPostfixContext i ->
                new Expr.Index(
                        postfix(i.postfix()),
                        i.indexItem().stream().map(this::item).toList(),
                        span);
            case CallPostfixContext c ->
                new Expr.Call(
                        postfix(c.postfix()),
                        c.argument().stream().map(this::argument).toList(),
                        span);
            default -> throw new IllegalStateException("no such postfix: " + context.getText());
        };
    }

    private Expr.Argument argument(ArgumentContext context) {
        Optional<Ident> name = Optional.ofNullable(context.word()).map(names::ident);
        return new Expr.Argument(name, expression(context.expression()), names.span(context));
    }

    private Expr.IndexItem item(IndexItemContext context) {
        Span span = names.span(context);
        return switch (context) {
            case EllipsisIndexContext e -> new Expr.IndexItem.At(new Expr.Ellipsis(span), span);
            case FromIndexContext f ->
                f.COLON().isEmpty()
                        ? new Expr.IndexItem.At(expression(f.from), span)
                        : new Expr.IndexItem.Slice(optional(f.from), optional(f.to), optional(f.step), span);
            case OpenIndexContext o ->
                new Expr.IndexItem.Slice(Optional.empty(), optional(o.to), optional(o.step), span);
            default -> throw new IllegalStateException("no such index: " + context.getText());
        };
    }

    private Expr primary(PrimaryContext context) {
        Span span = names.span(context);
        return switch (context) {
            case NumberPrimaryContext n -> n.INT() != null ? whole(n.INT()) : real(n.FLOAT());
            case PercentPrimaryContext p -> percent(p.PERCENTAGE());
            case StringPrimaryContext s -> string(s.STRING());
            case TruePrimaryContext t -> new Expr.BoolLiteral(true, span);
            case FalsePrimaryContext f -> new Expr.BoolLiteral(false, span);
            case NonePrimaryContext n -> new Expr.NoneLiteral(span);
            case NamePrimaryContext n -> new Expr.Name(n.name().getText(), span);
            case RearrangePrimaryContext r -> new Expr.Rearrange(axes(r.left), axes(r.right), span);
            case EinsumPrimaryContext e ->
                new Expr.Einsum(
                        e.einsumOperand().stream().map(o -> axes(o.axis())).toList(), axes(e.axis()), span);
            case GroupPrimaryContext g -> group(g, span);
            case ListPrimaryContext l -> new Expr.ListLiteral(all(l.expression()), span);
            default -> throw new IllegalStateException("no such expression: " + context.getText());
        };
    }

    private Expr group(GroupPrimaryContext context, Span span) {
        if (context.COMMA().isEmpty()) {
            return expression(context.expression(0));
        }
        if (context.expression().size() == 1) {
            problems.add(Diagnostic.error("NND0008", span, "a tuple has two or more items")
                    .help("leave the comma out"));
            return expression(context.expression(0));
        }
        return new Expr.Tuple(all(context.expression()), span);
    }

    /** A whole number. */
    Expr whole(TerminalNode node) {
        return new Expr.IntLiteral(new BigInteger(digits(node.getText())), names.span(node.getSymbol()));
    }

    /** A number with a point or an exponent. */
    Expr real(TerminalNode node) {
        Span span = names.span(node.getSymbol());
        double value = Double.parseDouble(digits(node.getText()));
        if (Double.isInfinite(value)) {
            problems.add(Diagnostic.error("NND0009", span, "this number is larger than any f64"));
        }
        return new Expr.FloatLiteral(value, node.getText(), span);
    }

    /** {@code 90%}. */
    Expr percent(TerminalNode node) {
        String text = node.getText();
        double value = Double.parseDouble(digits(text.substring(0, text.length() - 1)));
        return new Expr.PercentLiteral(value, text, names.span(node.getSymbol()));
    }

    /** A string. */
    Expr string(TerminalNode node) {
        return new Expr.StringLiteral(Escapes.unescape(node.getText()), names.span(node.getSymbol()));
    }

    private static String digits(String text) {
        return text.replace("_", "");
    }

    private List<Expr.Axis> axes(List<AxisContext> contexts) {
        return contexts.stream().map(this::axis).toList();
    }

    private Expr.Axis axis(AxisContext context) {
        List<Expr> parts = context.axisPart().stream().map(this::part).toList();
        return new Expr.Axis(parts, context.LPAREN() != null, names.span(context));
    }

    private Expr part(AxisPartContext context) {
        if (context.INT() != null) {
            return whole(context.INT());
        }
        Token start = context.getStart();
        Span span = names.span(start);
        return context.ELLIPSIS() != null ? new Expr.Ellipsis(span) : new Expr.Name(context.getText(), span);
    }
}
