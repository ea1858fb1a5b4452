package dev.nnd.compiler;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a correct data section may ask for and the generated Java has no form for yet. */
record DataLimits(TypedData data, List<Diagnostic> found) {

    private static final Set<DataFunction> TOKENIZERS = EnumSet.of(
            DataFunction.WORDS,
            DataFunction.CHARACTERS,
            DataFunction.WORDPIECE,
            DataFunction.BPE,
            DataFunction.TOKENIZER);

    void check() {
        for (TypedData.Split split : data.splits()) {
            boolean text = data.sources().stream()
                    .anyMatch(
                            s -> s.format() == TypedData.Format.TEXT && s.name().equals(split.source()));
            if (text && (!split.inOrder() || split.folds() > 0)) {
                refuse("a split of a text that is not `in order`, or into folds", split.span());
            }
        }
        data.fields().forEach(this::field);
        data.augmentations().forEach(this::augmentation);
    }

    private void augmentation(Augmentation augmentation) {
        boolean f32 = data.field(augmentation.field())
                .filter(f -> f.type().dtype() == DType.F32)
                .isPresent();
        for (Augmentation.Step step : augmentation.steps()) {
            if (!f32) {
                refuse("`" + step.kind().text() + "` of a field that is not f32", step.span());
            }
        }
    }

    private void field(TypedData.Field field) {
        boolean alone = field.value() instanceof DataExpr.Column || field.value() instanceof DataExpr.Labels;
        if (field.label().isPresent() && !alone) {
            refuse(
                    "`" + field.value().span().text() + "` as a label",
                    field.value().span());
            return;
        }
        value(field.value());
    }

    private boolean value(DataExpr value) {
        boolean runs = switch (value) {
            case DataExpr.Stream s -> true;
            case DataExpr.Apply a -> applies(a);
            case DataExpr.Images i -> true;
            case DataExpr.Normalize n -> true;
            case DataExpr.Unary u -> true;
            case DataExpr.Binary b -> true;
            case DataExpr other -> other instanceof DataExpr.TextColumn || isClosed(other);
        };
        if (!runs) {
            refuse("`" + value.span().text() + "` in a field", value.span());
        }
        return runs && value.operands().stream().allMatch(this::value);
    }

    private static boolean applies(DataExpr.Apply a) {
        return switch (a.function()) {
            case WINDOW ->
                a.operands().getFirst() instanceof DataExpr.Apply tokens && TOKENIZERS.contains(tokens.function());
            case RESIZE, CENTER_CROP, CROP, PAD, GRAYSCALE, CLIP, CAST -> true;
            default ->
                a.operands().stream().allMatch(o -> isClosed(o) || o.type().rank() < 3);
        };
    }

    /** True if its size is the same in every example. */
    private static boolean isClosed(DataExpr value) {
        return value.type().dims().stream().allMatch(d -> d.constant().isPresent());
    }

    /** What is inherited from a section of another file is refused at the section that inherits it. */
    private void refuse(String what, Span written) {
        Span own = data.declaration().name().span();
        Span span = written.file().equals(own.file()) ? written : own;
        found.add(
                Diagnostic.error("NND0899", span, what + " checks, but this version does not compile it to Java yet"));
    }
}
