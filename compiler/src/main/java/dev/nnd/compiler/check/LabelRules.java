package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Label types, {@code class[10]} and {@code class["cat", "dog"]}, and what can be a label's value. */
final class LabelRules {

    private static final long MOST_CLASSES = 1_000_000;

    private final Checking c;
    private final FieldContext context;

    LabelRules(FieldContext context) {
        this.c = context.c();
        this.context = context;
    }

    /** The classes of a type as written; empty if something was reported. */
    Optional<TypedData.Label> type(TypeExpr.Classes classes) {
        var texts = new ArrayList<String>();
        var seen = new HashSet<String>();
        for (Expr item : classes.items()) {
            Val value = c.expressions().eval(item, context.env());
            if (value instanceof Val.Const(Constant.Text(String text))) {
                if (!seen.add(text)) {
                    c.report(Diagnostic.error("NND0408", item.span(), "the class \"" + text + "\" is there twice"));
                    return Optional.empty();
                }
                texts.add(text);
            } else if (value instanceof Val.Const(Constant.Int(Dim count))
                    && classes.items().size() == 1) {
                return counted(count, item);
            } else {
                if (!(value instanceof Val.Poison)) {
                    c.report(Diagnostic.error(
                            "NND0408", item.span(), "`class` takes names or one count, got " + Val.describe(value)));
                }
                return Optional.empty();
            }
        }
        if (texts.size() < 2) {
            c.report(Diagnostic.error(
                    "NND0408", classes.span(), "a label needs at least 2 classes, got " + texts.size()));
            return Optional.empty();
        }
        return Optional.of(new TypedData.Label(texts, true));
    }

    private Optional<TypedData.Label> counted(Dim count, Expr item) {
        long number = count.constant().orElse(0);
        if (number < 2 || number > MOST_CLASSES) {
            c.report(Diagnostic.error(
                    "NND0408", item.span(), "a label has from 2 to " + MOST_CLASSES + " classes, got " + count));
            return Optional.empty();
        }
        var texts = new ArrayList<String>();
        for (int i = 0; i < number; i++) {
            texts.add(Integer.toString(i));
        }
        return Optional.of(new TypedData.Label(texts, false));
    }

    /** The value of a label; empty if something was reported. */
    Optional<Cell.Numbers> label(Cell value, DataItem.Field written, TypedData.Label label) {
        return switch (value) {
            case Cell.Poison p -> Optional.empty();
            case Cell.Text t -> named(t.expr(), written, label);
            case Cell.Raw r ->
                Optional.of(new Cell.Numbers(
                        r.number() instanceof DataExpr.Column k
                                ? new DataExpr.Column(k.name(), TensorType.scalar(DType.I32), k.span())
                                : r.text()));
            case Cell.Numbers n -> numbers(n, written, label);
        };
    }

    private Optional<Cell.Numbers> named(DataExpr text, DataItem.Field written, TypedData.Label label) {
        if (label.named()) {
            return Optional.of(new Cell.Numbers(text));
        }
        c.report(Diagnostic.error(
                        "NND0433",
                        written.value().span(),
                        "this is text, and a label of text needs the names of its classes")
                .label(written.type().span(), "has a count only")
                .help("write the names: `class[\"negative\", \"positive\"]`"));
        return Optional.empty();
    }

    private Optional<Cell.Numbers> numbers(Cell.Numbers n, DataItem.Field written, TypedData.Label label) {
        TensorType type = n.type();
        boolean index = type.elements().is(1)
                && (type.dtype() == DType.I32 || type.dtype() == DType.I64 || type.dtype() == DType.BOOL);
        if (!index) {
            Diagnostic error = Diagnostic.error(
                            "NND0433", written.value().span(), "a label is one name or index, and this is " + type)
                    .label(written.type().span(), "declared a label");
            boolean one = type.elements().is(1);
            String cast = written.value().span().text() + " -> cast[i32]";
            c.report(
                    one
                            ? error.help("an index is an integer: `" + cast + "`")
                                    .fix(written.value().span(), cast)
                            : error.help("a label is `labels` or `column(\"name\")`"));
            return Optional.empty();
        }
        Optional<Dim> count = n.expr() instanceof DataExpr.Labels
                ? ofFiles()
                : type.dtype() == DType.BOOL
                        ? Optional.of(Dim.of(2))
                        : n.ids()
                                .map(TypedData.Ids::count)
                                .filter(d -> d.constant().isPresent());
        boolean wrong = count.isPresent() && !count.get().is(label.names().size());
        if (wrong) {
            Diagnostic error = Diagnostic.error(
                            "NND0433",
                            written.type().span(),
                            "the label has " + label.names().size() + " classes, and its value is one of "
                                    + count.get())
                    .label(written.value().span(), "one of " + count.get());
            c.report(
                    label.named()
                            ? error.help("give all " + count.get() + " names")
                            : error.candidate(
                                    "write `class[" + count.get() + "]`",
                                    written.type().span(),
                                    "class[" + count.get() + "]"));
            return Optional.empty();
        }
        return Optional.of(n);
    }

    /** How many classes the files of the sources are known to have. */
    private Optional<Dim> ofFiles() {
        var counts = new HashSet<Long>();
        for (TypedData.Source source : context.sources()) {
            counts.add(source.format() == TypedData.Format.CIFAR ? cifar(source.options()) : 0L);
        }
        List<Long> known = List.copyOf(counts);
        return known.size() == 1 && known.getFirst() > 0 ? Optional.of(Dim.of(known.getFirst())) : Optional.empty();
    }

    private static long cifar(Map<String, Constant> options) {
        boolean hundred = options.get("classes") instanceof Constant.Int(Dim classes) && classes.is(100);
        boolean coarse = options.get("labels") instanceof Constant.Text(String text) && text.equals("coarse");
        return hundred ? (coarse ? 20 : 100) : 10;
    }
}
