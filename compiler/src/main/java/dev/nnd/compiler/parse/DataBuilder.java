package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.NndParser.AugmentItemContext;
import dev.nnd.grammar.NndParser.DataBodyContext;
import dev.nnd.grammar.NndParser.DataItemContext;
import dev.nnd.grammar.NndParser.FieldItemContext;
import dev.nnd.grammar.NndParser.GroupedOptionContext;
import dev.nnd.grammar.NndParser.InOrderOptionContext;
import dev.nnd.grammar.NndParser.NameContext;
import dev.nnd.grammar.NndParser.OnErrorItemContext;
import dev.nnd.grammar.NndParser.SeedOptionContext;
import dev.nnd.grammar.NndParser.SourceItemContext;
import dev.nnd.grammar.NndParser.SplitItemContext;
import dev.nnd.grammar.NndParser.SplitOptionContext;
import dev.nnd.grammar.NndParser.SplitPartContext;
import dev.nnd.grammar.NndParser.StratifiedOptionContext;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;

/** Builds the statements of data sections. */
final class DataBuilder {

    private final Names names;
    private final ExpressionBuilder expressions;
    private final TypeBuilder types;
    private final List<Diagnostic> problems;

    DataBuilder(Names names, ExpressionBuilder expressions, TypeBuilder types, List<Diagnostic> problems) {
        this.names = names;
        this.expressions = expressions;
        this.types = types;
        this.problems = problems;
    }

    List<DataItem> items(DataBodyContext context) {
        return context.dataItem().stream().filter(Names::whole).map(this::item).toList();
    }

    private DataItem item(DataItemContext context) {
        Span span = names.span(context);
        return switch (context) {
            case SourceItemContext s ->
                new DataItem.Source(names.ident(s.name()), expressions.expression(s.expression()), span);
            case FieldItemContext f ->
                new DataItem.Field(
                        names.doc(f),
                        names.ident(f.name()),
                        types.type(f.type()),
                        expressions.expression(f.expression()),
                        span);
            case AugmentItemContext a -> new DataItem.Augment(expressions.expression(a.expression()), span);
            case OnErrorItemContext o -> new DataItem.OnError(expressions.expression(o.expression()), span);
            case SplitItemContext s -> split(s, span);
            default -> throw new IllegalStateException("no such statement: " + context.getText());
        };
    }

    private DataItem split(SplitItemContext context, Span span) {
        List<DataItem.Part> parts = context.splitPart().stream()
                .map(p -> new DataItem.Part(part(p), share(p), names.span(p)))
                .toList();
        boolean inOrder =
                once(context.splitOption(), InOrderOptionContext.class).isPresent();
        Optional<Ident> stratified =
                once(context.splitOption(), StratifiedOptionContext.class).map(o -> names.ident(o.name()));
        Optional<Ident> grouped =
                once(context.splitOption(), GroupedOptionContext.class).map(o -> names.ident(o.name()));
        Optional<Expr> seed =
                once(context.splitOption(), SeedOptionContext.class).map(o -> expressions.expression(o.expression()));
        return new DataItem.Split(
                names.ident(context.name(0)), parts, folds(context), inOrder, stratified, grouped, seed, span);
    }

    /** {@code into 5 folds}: the word is a name everywhere else. */
    private Optional<Expr> folds(SplitItemContext context) {
        if (context.INT() == null) {
            return Optional.empty();
        }
        NameContext word = context.name(1);
        if (!word.getText().equals("folds")) {
            problems.add(Diagnostic.error("NND0010", names.span(word), "a number of parts is a number of `folds`")
                    .help("write `into " + context.INT().getText() + " folds`, or shares such as `train 80%, test 20%`")
                    .fix(names.span(word), "folds"));
        }
        return Optional.of(expressions.whole(context.INT()));
    }

    private Ident part(SplitPartContext part) {
        return part.name() != null ? names.ident(part.name()) : names.ident(part.plainName());
    }

    /** A percentage; a number without a percent sign is an error of the checker's, which knows what was meant. */
    private Expr share(SplitPartContext part) {
        return part.PERCENTAGE() != null
                ? expressions.percent(part.PERCENTAGE())
                : part.INT() != null ? expressions.whole(part.INT()) : expressions.real(part.FLOAT());
    }

    private <T extends ParserRuleContext> Optional<T> once(List<SplitOptionContext> options, Class<T> kind) {
        List<T> all = options.stream().filter(kind::isInstance).map(kind::cast).toList();
        if (all.size() > 1) {
            problems.add(Diagnostic.error("NND0010", names.span(all.get(1)), "this option is given twice")
                    .label(names.span(all.getFirst()), "first given here"));
        }
        return all.stream().findFirst();
    }
}
