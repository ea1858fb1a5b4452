package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of one source: how its files are to be read. */
final class SourceOptions {

    private static final List<String> TABLE =
            List.of("delimiter", "header", "columns", "quote", "comment", "encoding", "missing", "skip");
    private static final List<String> ENCODINGS = List.of("utf-8", "utf-16", "ascii", "latin-1", "windows-1252");

    private final Checking c;
    private final TypedData.Format format;
    private final Map<String, Constant> values = new LinkedHashMap<>();
    private final Map<String, Span> spans = new HashMap<>();

    SourceOptions(Checking c, TypedData.Format format) {
        this.c = c;
        this.format = format;
    }

    private static List<String> known(TypedData.Format format) {
        return switch (format) {
            case CSV -> TABLE;
            case TSV -> TABLE.subList(1, TABLE.size());
            case TEXT -> List.of("encoding");
            case CIFAR -> List.of("classes", "labels");
            case IMAGES -> List.of("channels");
            case IDX -> List.of("images", "labels");
            case JSONL, PARQUET, NPY, NPZ -> List.of();
        };
    }

    /** Adds one option; false if something was reported. */
    boolean add(Ident name, Arguments.Given given, Span span) {
        List<String> known = known(format);
        if (!known.contains(name.name())) {
            Diagnostic error = Diagnostic.error(
                    "NND0201", name.span(), "`" + format.text() + "` has no option `" + name.name() + "`");
            Optional<String> near = usual(name.name()).filter(known::contains).or(() -> Nearest.to(name.name(), known));
            c.report(
                    near.isPresent()
                            ? Expressions.suggest(error, name.span(), near)
                            : error.help(
                                    known.isEmpty()
                                            ? "it takes the names of its files"
                                            : "its options are " + String.join(", ", known)));
            return false;
        }
        Span first = spans.putIfAbsent(name.name(), span);
        if (first != null) {
            c.report(Diagnostic.error("NND0204", span, "`" + name.name() + "` is given twice")
                    .label(first, "given here first"));
            return false;
        }
        if (given.value() instanceof Val.Poison) {
            return false;
        }
        Optional<Diagnostic> wrong = given.value() instanceof Val.Const(Constant k)
                ? wrong(name.name(), k, given)
                : Optional.of(bad(name.name(), "a value that is written here", given));
        wrong.ifPresent(c::report);
        if (wrong.isEmpty() && given.value() instanceof Val.Const(Constant k)) {
            values.put(name.name(), k);
        }
        return wrong.isEmpty();
    }

    /** What other libraries call an option. */
    private static Optional<String> usual(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "sep", "separator", "delim" -> "delimiter";
                    case "quotechar", "quote_char" -> "quote";
                    case "names", "fieldnames" -> "columns";
                    case "na_values", "null_values", "na" -> "missing";
                    case "skiprows", "skip_rows", "skip_lines" -> "skip";
                    case "charset" -> "encoding";
                    default -> null;
                });
    }

    private Diagnostic bad(String option, String wanted, Arguments.Given given) {
        return Diagnostic.error(
                "NND0418",
                given.span(),
                "`" + option + "` of `" + format.text() + "` takes " + wanted + ", got " + Val.describe(given.value()));
    }

    private Optional<Diagnostic> wrong(String option, Constant value, Arguments.Given given) {
        return switch (option) {
            case "delimiter", "quote", "comment" ->
                value instanceof Constant.Text(String t) && t.length() == 1
                        ? Optional.empty()
                        : Optional.of(bad(option, "one character in a string", given));
            case "header" ->
                value instanceof Constant.Bool ? Optional.empty() : Optional.of(bad(option, "true or false", given));
            case "encoding" -> choice(option, ENCODINGS, value, given);
            case "columns", "missing" ->
                !texts(value).isEmpty()
                        ? distinct(option, value, given)
                        : Optional.of(bad(option, "strings in a list", given));
            case "skip" -> number(value) >= 0 ? Optional.empty() : Optional.of(bad(option, "a number of lines", given));
            case "classes" -> numbers(option, List.of(10L, 100L), value, given);
            case "channels" -> numbers(option, List.of(1L, 3L, 4L), value, given);
            case "labels" -> choice(option, List.of("fine", "coarse"), value, given);
            default -> Optional.empty();
        };
    }

    private Optional<Diagnostic> distinct(String option, Constant value, Arguments.Given given) {
        List<String> texts = texts(value);
        boolean same = option.equals("columns") && texts.stream().distinct().count() < texts.size();
        return same
                ? Optional.of(Diagnostic.error("NND0418", given.span(), "a name of `columns` is there twice"))
                : Optional.empty();
    }

    private Optional<Diagnostic> numbers(String option, List<Long> known, Constant value, Arguments.Given given) {
        String wanted = String.join(" or ", known.stream().map(String::valueOf).toList());
        return known.contains(number(value)) ? Optional.empty() : Optional.of(bad(option, wanted, given));
    }

    private Optional<Diagnostic> choice(String option, List<String> known, Constant value, Arguments.Given given) {
        if (value instanceof Constant.Text(String t) && known.contains(t)) {
            return Optional.empty();
        }
        Diagnostic error = bad(option, "one of \"" + String.join("\", \"", known) + "\"", given);
        Optional<String> near = value instanceof Constant.Text(String t) ? Nearest.to(t, known) : Optional.empty();
        return Optional.of(
                near.isPresent()
                        ? error.help("did you mean \"" + near.get() + "\"?").fix(given.span(), "\"" + near.get() + "\"")
                        : error);
    }

    private static long number(Constant value) {
        return value instanceof Constant.Int(var dim) ? dim.constant().orElse(-1) : -1;
    }

    private static List<String> texts(Constant value) {
        if (!(value instanceof Constant.ListOf(List<Constant> items))) {
            return List.of();
        }
        List<String> texts = items.stream()
                .filter(i -> i instanceof Constant.Text)
                .map(i -> ((Constant.Text) i).value())
                .toList();
        return texts.size() == items.size() ? texts : List.of();
    }

    /** What options need of each other; false if something was reported. */
    boolean complete(Expr.Call call) {
        boolean noHeader = values.get("header") instanceof Constant.Bool(boolean header) && !header;
        if (noHeader && !spans.containsKey("columns")) {
            Span header = spans.getOrDefault("header", call.span());
            c.report(Diagnostic.error("NND0418", header, "a table without a header does not name its columns")
                    .candidate("if the first line names them, write `header: true`", header, "header: true")
                    .help("add their names, in order: `columns: [\"a\", \"b\"]`"));
            return false;
        }
        boolean ten = !(values.get("classes") instanceof Constant.Int(var classes)) || !classes.is(100);
        if (spans.containsKey("labels") && format == TypedData.Format.CIFAR && ten) {
            c.report(Diagnostic.error(
                            "NND0418",
                            spans.getOrDefault("labels", call.span()),
                            "only CIFAR-100 has fine and coarse labels")
                    .help("add `classes: 100`, or leave `labels` out"));
            return false;
        }
        return true;
    }

    /** The names of columns, if they are given. */
    List<String> columns() {
        Constant columns = values.get("columns");
        return columns == null ? List.of() : texts(columns);
    }

    /** All others. */
    Map<String, Constant> all() {
        var all = new LinkedHashMap<>(values);
        all.remove("columns");
        return all;
    }
}
