package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** What the sources of a section hold: {@code images}, {@code labels}, {@code text}, {@code column("name")}. */
final class FieldSources {

    private static final List<Dim> CIFAR = List.of(Dim.of(3), Dim.of(32), Dim.of(32));

    private final Checking c;
    private final FieldContext context;

    FieldSources(FieldContext context) {
        this.c = context.c();
        this.context = context;
    }

    /** What a name stands for; empty if it is none of the sources' words, or a field is meant. */
    Optional<Cell> name(Expr.Name name, Optional<TensorType> wanted) {
        boolean field =
                context.declared().containsKey(name.name()) && !name.name().equals(context.field());
        return switch (name.name()) {
            case "images" -> isField(field, true) ? Optional.empty() : Optional.of(images(name.span(), wanted));
            case "labels" -> isField(field, true) ? Optional.empty() : Optional.of(labels(name.span()));
            case "text" -> isField(field, false) ? Optional.empty() : Optional.of(text(name.span()));
            default -> Optional.empty();
        };
    }

    /** A field of that name is meant if the sources do not hold the word. */
    private boolean isField(boolean field, boolean images) {
        return field
                && context.sources().stream()
                        .anyMatch(s -> images ? !s.format().hasImages() : s.format() != TypedData.Format.TEXT);
    }

    private boolean fromImages(Span span, String what) {
        return context.sources(
                TypedData.Format::hasImages,
                what + "` needs a source of images",
                span,
                "a table has columns: `column(\"name\")`; a text has tokens: `characters()`");
    }

    private Cell images(Span span, Optional<TensorType> wanted) {
        if (!fromImages(span, "images")) {
            return Cell.POISON;
        }
        return new Cell.Numbers(new DataExpr.Images(new TensorType(DType.U8, dims(wanted)), span));
    }

    /** The dims of the images; where only the files know them, they are as the field wants them. */
    private List<Dim> dims(Optional<TensorType> wanted) {
        var formats = new TreeSet<TypedData.Format>();
        context.sources().forEach(s -> formats.add(s.format()));
        if (formats.equals(new TreeSet<>(List.of(TypedData.Format.CIFAR)))) {
            return CIFAR;
        }
        boolean folder = formats.contains(TypedData.Format.IMAGES);
        Dim channels = folder
                ? ImageFunctions.channels(Optional.ofNullable(
                        context.sources().getFirst().options().get("channels")))
                : Dim.ONE;
        if (wanted.isEmpty()) {
            return List.of(channels, Dim.variable("height"), Dim.variable("width"));
        }
        boolean image = folder && wanted.get().rank() == 3;
        return image
                ? List.of(channels, wanted.get().dim(1), wanted.get().dim(2))
                : folder
                        ? List.of(channels, Dim.variable("height"), Dim.variable("width"))
                        : wanted.get().dims();
    }

    private Cell labels(Span span) {
        if (!fromImages(span, "labels")) {
            return Cell.POISON;
        }
        Optional<TypedData.Source> flat = context.sources().stream()
                .filter(s -> s.format() == TypedData.Format.IMAGES)
                .filter(s -> s.files().stream().anyMatch(f -> !inFolders(f)))
                .findFirst();
        if (flat.isPresent()) {
            return fail(Diagnostic.error(
                            "NND0433", span, "a label is the name of an image's folder, and these have one folder")
                    .label(flat.get().span(), "declared here")
                    .help("name the folders by a `*`: `images(\"dir/*/*.jpg\")`"));
        }
        return new Cell.Numbers(new DataExpr.Labels(TensorType.scalar(DType.I32), span));
    }

    private static boolean inFolders(String file) {
        int slash = file.lastIndexOf('/');
        return slash > 0 && file.substring(0, slash).contains("*");
    }

    private Cell text(Span span) {
        boolean one = context.sources(
                f -> f == TypedData.Format.TEXT,
                "text` needs a source of kind `text`",
                span,
                "a table's text is a column: `column(\"text\")`");
        return one ? new Cell.Text(new DataExpr.Stream(DataExpr.TEXT, span)) : Cell.POISON;
    }

    private Cell fail(Diagnostic error) {
        c.report(error);
        return Cell.POISON;
    }

    /** {@code column("name")}. */
    Cell column(Expr.Call call, Optional<TensorType> wanted) {
        var slots = List.of(new Arguments.Slot("name", true));
        if (call.arguments().size() == 1
                && call.arguments().getFirst().value() instanceof Expr.Name bare
                && call.arguments().getFirst().name().isEmpty()) {
            return fail(Diagnostic.error("NND0205", bare.span(), "a column is named by a string")
                    .help("write `column(\"" + bare.name() + "\")`")
                    .fix(bare.span(), "\"" + bare.name() + "\""));
        }
        var at = new At(call.span(), context.env());
        var matched = c.arguments().match("`column`", slots, List.of(), call.arguments(), at);
        if (!matched.ok()) {
            return Cell.POISON;
        }
        Arguments.Given name = matched.get("name").orElseThrow();
        if (!(name.value() instanceof Val.Const(Constant.Text(String text)))) {
            return name.value() instanceof Val.Poison
                    ? Cell.POISON
                    : fail(Diagnostic.error(
                            "NND0205",
                            name.span(),
                            "a column is named by a string, got " + Val.describe(name.value())));
        }
        boolean tables = context.sources(
                TypedData.Format::hasColumns,
                "column` needs a table",
                call.span(),
                context.sources().stream().anyMatch(s -> s.format() == TypedData.Format.TEXT)
                        ? "a text has tokens: `window(characters(), length: 256)`"
                        : "its parts are `images` and `labels`");
        if (!tables || !known(text, name.span())) {
            return Cell.POISON;
        }
        return new Cell.Raw(
                new DataExpr.Column(text, type(wanted), call.span()),
                new DataExpr.TextColumn(text, DataExpr.TEXT, call.span()));
    }

    private boolean known(String name, Span span) {
        Optional<List<String>> columns = SourceRules.columns(context.sources());
        if (columns.isEmpty() || columns.get().contains(name)) {
            return true;
        }
        Diagnostic error = Diagnostic.error("NND0430", span, "there is no column \"" + name + "\"")
                .label(context.sources().getFirst().span(), "the columns are named here");
        Optional<String> near = Nearest.to(name, columns.get());
        c.report(
                near.isPresent()
                        ? error.help("did you mean \"" + near.get() + "\"?").fix(span, "\"" + near.get() + "\"")
                        : error.help("the columns are " + String.join(", ", columns.get())));
        return false;
    }

    /** A cell of a table is one number; other files can hold an array, which is as the field wants it. */
    private TensorType type(Optional<TensorType> wanted) {
        boolean arrays = context.sources().stream().allMatch(s -> s.format().hasArrays());
        boolean fits = wanted.isPresent() && (arrays || wanted.get().elements().is(1));
        return fits ? wanted.get().as(DType.F32) : TensorType.scalar(DType.F32);
    }

    /** What the sources of the section hold, in words. */
    String help() {
        TypedData.Format first = context.sources().isEmpty()
                ? TypedData.Format.CSV
                : context.sources().getFirst().format();
        return first.hasImages()
                ? "a field is made of `images` and `labels`"
                : first == TypedData.Format.TEXT
                        ? "a field is made of `characters()` or other tokens of the text, cut by `window`"
                        : "a field is made of columns: `column(\"name\")`";
    }

    private boolean tables() {
        return !context.sources().isEmpty()
                && context.sources().stream().allMatch(s -> s.format().hasColumns());
    }

    /** The error for a field whose value names the field. */
    Diagnostic itself(Expr.Name name) {
        String column = "column(\"" + name.name() + "\")";
        Diagnostic error =
                Diagnostic.error("NND0421", name.span(), "the field `" + name.name() + "` is made of itself");
        if (tables()) {
            return error.help("the column of that name is `" + column + "`").fix(name.span(), column);
        }
        Optional<String> near =
                usual(name.name()).or(() -> Nearest.to(name.name(), List.of("images", "labels", "text", "characters")));
        return near.isPresent() ? Expressions.suggest(error, name.span(), near) : error.help(help());
    }

    /** The error for a word that means nothing in a field; {@code value} if it stands where a value does. */
    Diagnostic unknown(Expr.Name name, boolean value) {
        var known = new TreeSet<String>(FieldFunctions.names());
        known.addAll(List.of("column", "images", "labels", "text", "multi_hot", "reshape", "cast", "zeros", "ones"));
        known.addAll(context.declared().keySet());
        Diagnostic error = Diagnostic.error("NND0406", name.span(), "there is no `" + name.name() + "` for a field");
        if (c.library().find(name.name()).isPresent()
                || context.env().home().find(name.name()).isPresent()) {
            error = error.note("`" + name.name() + "` works in models; a field is made of the functions of data");
        }
        Optional<String> near = usual(name.name()).or(() -> Nearest.to(name.name(), known));
        if (near.isPresent()) {
            return Expressions.suggest(error, name.span(), near);
        }
        String column = "column(\"" + name.name() + "\")";
        return value && tables()
                ? error.help("a column is named in a string: `" + column + "`").fix(name.span(), column)
                : error.help(help());
    }

    /** What other libraries call it. */
    private static Optional<String> usual(String word) {
        return Optional.ofNullable(
                switch (word.toLowerCase(Locale.ROOT)) {
                    case "fillna", "fill_missing", "imputer", "simpleimputer", "fill" -> "impute";
                    case "standard_scaler", "standardscaler", "standardise", "zscore", "z_score" -> "standardize";
                    case "minmax", "minmaxscaler", "rescale" -> "min_max";
                    case "lower", "tolower", "to_lower" -> "lowercase";
                    case "upper" -> "uppercase";
                    case "trim" -> "strip";
                    case "tokenize", "textvectorization", "vectorize", "split" -> "words";
                    case "chars" -> "characters";
                    case "onehot", "to_categorical", "get_dummies" -> "one_hot";
                    case "concatenate", "cat", "stack" -> "concat";
                    case "clamp" -> "clip";
                    case "digitize", "cut", "bins" -> "bucketize";
                    case "label_encode", "ordinal", "factorize", "stringlookup" -> "categories";
                    case "col", "columns" -> "column";
                    case "image", "pixels" -> "images";
                    case "target", "targets" -> "labels";
                    case "where" -> "select";
                    case "subword" -> "wordpiece";
                    default -> null;
                });
    }
}
