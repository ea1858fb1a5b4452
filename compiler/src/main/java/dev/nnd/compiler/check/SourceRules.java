package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code source train = csv("train.csv", delimiter: ";")}: a kind of file, its files and its options. */
final class SourceRules {

    private static final List<String> FORMATS =
            Arrays.stream(TypedData.Format.values()).map(TypedData.Format::text).toList();

    private final Checking c;
    private final Env env;
    private final FileNames names;

    SourceRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
        this.names = new FileNames(c);
    }

    /** What the arguments of a source say. */
    private record Written(List<String> files, List<String> columns, Map<String, Constant> options) {}

    Optional<TypedData.Source> source(DataItem.Source source) {
        if (!(source.value() instanceof Expr.Call call) || !(call.callee() instanceof Expr.Name word)) {
            noKind(source.value());
            return Optional.empty();
        }
        if (!FORMATS.contains(word.name())) {
            unknown(word);
            return Optional.empty();
        }
        var format = TypedData.Format.valueOf(word.name().toUpperCase(Locale.ROOT));
        Optional<Written> written = switch (format) {
            case IDX -> idx(call, word.span());
            case NPY -> npy(call, word.span());
            case CIFAR, CSV, TSV, JSONL, PARQUET, IMAGES, TEXT, NPZ -> files(format, call, word.span());
        };
        // The kind alone says what fields can be made of, so that these are checked also if the rest is wrong.
        Written known = written.orElse(new Written(List.of(), List.of(), Map.of()));
        return Optional.of(new TypedData.Source(
                source.name().name(), format, known.files(), known.columns(), known.options(), source.span()));
    }

    private void noKind(Expr value) {
        Diagnostic error = Diagnostic.error("NND0401", value.span(), "a source is a kind of file with its files");
        boolean fileAlone = value instanceof Expr.StringLiteral;
        c.report(
                fileAlone
                        ? error.help("say what kind of file it is: `csv("
                                        + value.span().text() + ")`")
                                .fix(
                                        value.span(),
                                        kindOf(value.span().text()) + "("
                                                + value.span().text() + ")")
                        : error.help("such as `csv(\"train.csv\")`; the kinds are " + String.join(", ", FORMATS)));
    }

    private static String kindOf(String quoted) {
        for (String kind : List.of("parquet", "jsonl", "npz", "tsv", "txt", "jpg", "png")) {
            if (quoted.contains("." + kind)) {
                return kind.equals("txt") ? "text" : kind.equals("jpg") || kind.equals("png") ? "images" : kind;
            }
        }
        return "csv";
    }

    private void unknown(Expr.Name format) {
        Diagnostic error =
                Diagnostic.error("NND0401", format.span(), "there is no kind of source `" + format.name() + "`");
        Optional<String> near = usual(format.name()).or(() -> Nearest.to(format.name(), FORMATS));
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, format.span(), near)
                        : error.help("the kinds are " + String.join(", ", FORMATS)));
    }

    /** What other libraries call it. */
    private static Optional<String> usual(String word) {
        return Optional.ofNullable(
                switch (word.toLowerCase(Locale.ROOT)) {
                    case "json", "json_lines", "jsonlines", "ndjson" -> "jsonl";
                    case "folder", "image_folder", "imagefolder", "jpg", "png", "jpeg" -> "images";
                    case "mnist", "ubyte" -> "idx";
                    case "numpy", "array" -> "npy";
                    case "txt", "file", "lines" -> "text";
                    case "cifar10", "cifar100" -> "cifar";
                    case "table", "read_csv", "excel", "xls", "xlsx" -> "csv";
                    default -> null;
                });
    }

    private Optional<Written> idx(Expr.Call call, Span word) {
        var slots = List.of(new Arguments.Slot("images", true), new Arguments.Slot("labels", true));
        var matched = c.arguments().match("`idx`", slots, List.of(), call.arguments(), new At(call.span(), env));
        if (!matched.ok()) {
            return Optional.empty();
        }
        Optional<String> images = file(matched.get("images").orElseThrow(), TypedData.Format.IDX, word);
        Optional<String> labels = file(matched.get("labels").orElseThrow(), TypedData.Format.IDX, word);
        if (images.isEmpty() || labels.isEmpty()) {
            return Optional.empty();
        }
        if (images.equals(labels)) {
            c.report(Diagnostic.error(
                            "NND0417",
                            matched.get("labels").orElseThrow().span(),
                            "the images and the labels are one file")
                    .label(matched.get("images").orElseThrow().span(), "the images are here"));
            return Optional.empty();
        }
        return Optional.of(new Written(List.of(images.get(), labels.get()), List.of(), Map.of()));
    }

    /** {@code npy(x: "x.npy", y: "y.npy")}: the names are the columns'. */
    private Optional<Written> npy(Expr.Call call, Span word) {
        var columns = new LinkedHashMap<String, String>();
        boolean ok = true;
        for (Expr.Argument argument : call.arguments()) {
            if (argument.name().isEmpty()) {
                c.report(Diagnostic.error(
                                "NND0402", argument.span(), "an array has no name of its own, so it is given one")
                        .help("write `x: " + argument.span().text() + "`, and `column(\"x\")` in a field")
                        .fix(argument.span(), "x: " + argument.span().text()));
                ok = false;
                continue;
            }
            String name = argument.name().get().name();
            Optional<String> file = file(evaluated(argument), TypedData.Format.NPY, word);
            ok &= file.isPresent();
            if (file.isPresent() && columns.putIfAbsent(name, file.get()) != null) {
                c.report(Diagnostic.error("NND0204", argument.span(), "the array `" + name + "` is given twice"));
                ok = false;
            }
        }
        if (ok && columns.isEmpty()) {
            noFile("npy(x: \"x.npy\", y: \"y.npy\")", call.span());
        }
        return ok && !columns.isEmpty()
                ? Optional.of(new Written(List.copyOf(columns.values()), List.copyOf(columns.keySet()), Map.of()))
                : Optional.empty();
    }

    private Arguments.Given evaluated(Expr.Argument argument) {
        return new Arguments.Given(
                c.expressions().eval(argument.value(), env), argument.value().span());
    }

    private void noFile(String example, Span span) {
        c.report(Diagnostic.error("NND0402", span, "the source names no file")
                .help("write `" + example + "`; a `*` stands for any letters"));
    }

    private Optional<Written> files(TypedData.Format format, Expr.Call call, Span word) {
        var files = new ArrayList<String>();
        var options = new SourceOptions(c, format);
        boolean ok = true;
        for (Expr.Argument argument : call.arguments()) {
            Arguments.Given given = evaluated(argument);
            if (argument.name().isPresent()) {
                ok &= options.add(argument.name().get(), given, argument.span());
                continue;
            }
            Optional<List<String>> some = texts(given, format, word);
            ok &= some.isPresent();
            some.ifPresent(files::addAll);
        }
        if (ok && files.isEmpty()) {
            noFile(format.text() + "(\"file\")", call.span());
        }
        ok &= options.complete(call);
        return ok && !files.isEmpty()
                ? Optional.of(new Written(files, options.columns(), options.all()))
                : Optional.empty();
    }

    private Optional<List<String>> texts(Arguments.Given given, TypedData.Format format, Span word) {
        if (!(given.value() instanceof Val.Const(Constant.ListOf(List<Constant> items)))) {
            return file(given, format, word).map(List::of);
        }
        var texts = new ArrayList<String>();
        for (Constant item : items) {
            file(new Arguments.Given(new Val.Const(item), given.span()), format, word)
                    .ifPresent(texts::add);
        }
        return texts.size() == items.size() ? Optional.of(texts) : Optional.empty();
    }

    private Optional<String> file(Arguments.Given given, TypedData.Format format, Span word) {
        Span span = given.span();
        boolean named = given.value() instanceof Val.Const(Constant.Text t)
                && !t.value().isBlank();
        if (given.value() instanceof Val.Const(Constant.Text(String text)) && named) {
            return names.check(text, format, literal(span), word) ? Optional.of(text) : Optional.empty();
        }
        if (!(given.value() instanceof Val.Poison)) {
            c.report(Diagnostic.error(
                    "NND0402", span, "a file is named by a string, got " + Val.describe(given.value())));
        }
        return Optional.empty();
    }

    /** The string of a named argument, without its name. */
    private static Span literal(Span span) {
        int quote = span.text().indexOf('"');
        return quote <= 0 ? span : new Span(span.file(), span.start() + quote, span.end());
    }

    /** The columns that all sources say they have; empty if one does not say. */
    static Optional<List<String>> columns(List<TypedData.Source> sources) {
        var known = new HashSet<String>();
        var all = new ArrayList<String>();
        for (TypedData.Source source : sources) {
            if (source.columns().isEmpty()) {
                return Optional.empty();
            }
            source.columns().stream().filter(known::add).forEach(all::add);
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }
}
