package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.grammar.NndParser.AdaptItemContext;
import dev.nnd.grammar.NndParser.CheckpointItemContext;
import dev.nnd.grammar.NndParser.DataUseItemContext;
import dev.nnd.grammar.NndParser.DirectionContext;
import dev.nnd.grammar.NndParser.FreezeItemContext;
import dev.nnd.grammar.NndParser.KeepItemContext;
import dev.nnd.grammar.NndParser.LetItemContext;
import dev.nnd.grammar.NndParser.MetricItemContext;
import dev.nnd.grammar.NndParser.MinimizeItemContext;
import dev.nnd.grammar.NndParser.ModelItemContext;
import dev.nnd.grammar.NndParser.ObjectiveItemContext;
import dev.nnd.grammar.NndParser.SearchItemContext;
import dev.nnd.grammar.NndParser.StopItemContext;
import dev.nnd.grammar.NndParser.TrainBodyContext;
import dev.nnd.grammar.NndParser.TrainItemContext;
import dev.nnd.grammar.NndParser.TrainSettingItemContext;
import dev.nnd.grammar.NndParser.TrainUseItemContext;
import dev.nnd.grammar.NndParser.TuneBodyContext;
import dev.nnd.grammar.NndParser.TuneItemContext;
import dev.nnd.grammar.NndParser.TuneSettingItemContext;
import dev.nnd.grammar.NndParser.UnpackItemContext;
import dev.nnd.grammar.NndParser.ValidateItemContext;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds the statements of train and tune sections. */
final class TrainBuilder {

    private final Names names;
    private final ExpressionBuilder expressions;

    TrainBuilder(Names names, ExpressionBuilder expressions) {
        this.names = names;
        this.expressions = expressions;
    }

    List<TrainItem> items(TrainBodyContext context) {
        return context.trainItem().stream().filter(Names::whole).map(this::item).toList();
    }

    private TrainItem item(TrainItemContext context) {
        Span span = names.span(context);
        return switch (context) {
            case ModelItemContext m -> model(m, span);
            case DataUseItemContext d -> new TrainItem.Data(names.ident(d.name()), span);
            case UnpackItemContext u ->
                new TrainItem.Unpack(names.all(u.names()), expressions.expression(u.expression()), span);
            case LetItemContext l ->
                new TrainItem.Let(names.ident(l.name()), expressions.expression(l.expression()), span);
            case MinimizeItemContext m -> {
                List<Expr> over = m.expressions() == null
                        ? List.of()
                        : expressions.all(m.expressions().expression());
                Expr optimizer = expressions.expression(m.optimizer);
                yield new TrainItem.Minimize(expressions.expression(m.expression(0)), over, optimizer, span);
            }
            case MetricItemContext m ->
                new TrainItem.Metric(expressions.all(m.expressions().expression()), span);
            case FreezeItemContext f ->
                new TrainItem.Freeze(expressions.all(f.expressions().expression()), span);
            case AdaptItemContext a ->
                new TrainItem.Adapt(
                        expressions.all(a.expressions().expression()), expressions.expression(a.adapter), span);
            case KeepItemContext k -> {
                Optional<Expr> count = Optional.ofNullable(k.INT()).map(expressions::whole);
                yield new TrainItem.Keep(count, direction(k.direction()), expressions.expression(k.expression()), span);
            }
            case StopItemContext s ->
                new TrainItem.StopEarly(
                        direction(s.direction()),
                        expressions.expression(s.expression(0)),
                        expressions.optional(s.patience),
                        span);
            case CheckpointItemContext c -> {
                Optional<Expr> keep = Optional.ofNullable(c.INT()).map(expressions::whole);
                yield new TrainItem.Checkpoint(expressions.expression(c.expression()), keep, span);
            }
            case ValidateItemContext v -> new TrainItem.Validate(expressions.expression(v.expression()), span);
            case TrainSettingItemContext s ->
                new TrainItem.Setting(names.ident(s.trainSetting()), expressions.expression(s.expression()), span);
            default -> throw new IllegalStateException("no such statement: " + context.getText());
        };
    }

    private static Optional<TrainItem.Direction> direction(@Nullable DirectionContext context) {
        return Optional.ofNullable(context)
                .map(c -> c.HIGHEST() == null ? TrainItem.Direction.LOWEST : TrainItem.Direction.HIGHEST);
    }

    private TrainItem model(ModelItemContext context, Span span) {
        List<TrainItem.MappingEntry> mapping = context.mapping() == null
                ? List.of()
                : context.mapping().mappingEntry().stream()
                        .map(e -> new TrainItem.MappingEntry(
                                expressions.string(e.STRING(0)), expressions.string(e.STRING(1)), names.span(e)))
                        .toList();
        return new TrainItem.Model(
                names.ident(context.name()),
                expressions.expression(context.expression(0)),
                expressions.optional(context.from),
                mapping,
                context.FROZEN() != null,
                span);
    }

    List<TuneItem> items(TuneBodyContext context) {
        return context.tuneItem().stream().filter(Names::whole).map(this::item).toList();
    }

    private TuneItem item(TuneItemContext context) {
        Span span = names.span(context);
        return switch (context) {
            case TrainUseItemContext t -> new TuneItem.Train(names.ident(t.name()), span);
            case SearchItemContext s ->
                new TuneItem.Search(names.ident(s.name()), expressions.expression(s.expression()), span);
            case ObjectiveItemContext o ->
                new TuneItem.Objective(o.MAXIMIZE() != null, expressions.expression(o.expression()), span);
            case TuneSettingItemContext s ->
                new TuneItem.Setting(names.ident(s.tuneSetting()), expressions.expression(s.expression()), span);
            default -> throw new IllegalStateException("no such statement: " + context.getText());
        };
    }
}
