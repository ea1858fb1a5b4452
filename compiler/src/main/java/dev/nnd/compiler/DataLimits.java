package dev.nnd.compiler;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a correct data section may ask for and the generated Java has no form for yet. */
record DataLimits(TypedData data, List<Diagnostic> found) {

    private static final Set<TypedData.Format> READ =
            EnumSet.of(TypedData.Format.IDX, TypedData.Format.CIFAR, TypedData.Format.CSV);
    private static final Set<Primitive> COMPUTED = EnumSet.of(
            Primitive.ADD,
            Primitive.SUBTRACT,
            Primitive.MULTIPLY,
            Primitive.DIVIDE,
            Primitive.POWER,
            Primitive.MINIMUM,
            Primitive.MAXIMUM);

    void check() {
        data.sources().forEach(this::source);
        for (TypedData.Split split : data.splits()) {
            split.groupedBy().ifPresent(g -> refuse("a split `grouped by` a field", split.span()));
        }
        data.fields().forEach(this::field);
        data.augmentations().forEach(a -> refuse("`augment`", a.span()));
        if (data.onError() instanceof TypedData.OnError.Skip s) {
            refuse("`on_error skip`", s.span());
        }
    }

    private void source(TypedData.Source source) {
        if (!READ.contains(source.format())) {
            refuse("a source of kind `" + source.format().text() + "`", source.span());
        } else if (!source.options().isEmpty() || !source.columns().isEmpty()) {
            refuse("the options of `" + source.format().text() + "`", source.span());
        }
    }

    private void field(TypedData.Field field) {
        DType dtype = field.type().dtype();
        if (dtype != DType.F32 && dtype != DType.I32) {
            refuse("a field of dtype " + dtype.text(), field.span());
            return;
        }
        boolean alone = field.value() instanceof DataExpr.Column || field.value() instanceof DataExpr.Labels;
        boolean whole = dtype == DType.I32 && !(field.value() instanceof DataExpr.Images);
        if (field.label().isPresent() ? !alone : whole) {
            refuse(
                    "`" + field.value().span().text() + "` as " + field.type(),
                    field.value().span());
            return;
        }
        value(field.value());
    }

    private boolean value(DataExpr value) {
        boolean runs = switch (value) {
            case DataExpr.Images i -> true;
            case DataExpr.Labels l -> true;
            case DataExpr.Column c -> true;
            case DataExpr.Number n -> true;
            case DataExpr.Unary u -> u.function() != Primitive.NOT;
            case DataExpr.Binary b ->
                COMPUTED.contains(b.function()) && b.type().dtype() == DType.F32;
            case DataExpr.Normalize n -> true;
            case DataExpr.Standardize s -> true;
            case DataExpr.TextColumn t -> false;
            case DataExpr.Stream s -> false;
            case DataExpr.FieldValue f -> false;
            case DataExpr.Apply a -> false;
        };
        if (!runs) {
            refuse("`" + value.span().text() + "` in a field", value.span());
        }
        return runs && value.operands().stream().allMatch(this::value);
    }

    /** What is inherited from a section of another file is refused at the section that inherits it. */
    private void refuse(String what, Span written) {
        Span own = data.declaration().name().span();
        Span span = written.file().equals(own.file()) ? written : own;
        found.add(
                Diagnostic.error("NND0899", span, what + " checks, but this version does not compile it to Java yet"));
    }
}
