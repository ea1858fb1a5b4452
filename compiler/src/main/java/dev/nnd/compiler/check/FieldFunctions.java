package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.Primitive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The table of the functions that fields are made with. */
final class FieldFunctions {

    /** Any number of operands. */
    static final int ANY = Integer.MAX_VALUE;

    /**
     * One function.
     *
     * @param operands how many values of the example it takes
     * @param ofText true if a text source stands for an operand that is not given
     * @param options what it takes beside them
     */
    record Entry(
            int operands,
            boolean ofText,
            List<Arguments.Slot> options,
            String example,
            Function<FieldCall, Cell> rule) {}

    private static final List<Primitive> UNARY = List.of(
            Primitive.ABS,
            Primitive.SIGN,
            Primitive.SQUARE,
            Primitive.SQRT,
            Primitive.RSQRT,
            Primitive.RECIPROCAL,
            Primitive.EXP,
            Primitive.EXPM1,
            Primitive.LOG,
            Primitive.LOG1P,
            Primitive.SIN,
            Primitive.COS,
            Primitive.TANH,
            Primitive.SIGMOID,
            Primitive.RELU,
            Primitive.FLOOR,
            Primitive.CEIL,
            Primitive.ROUND);
    private static final Map<String, Entry> ALL = all();

    private FieldFunctions() {}

    static Optional<Entry> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    static Set<String> names() {
        return ALL.keySet();
    }

    private static void add(
            Map<String, Entry> table,
            String name,
            int operands,
            String options,
            String example,
            Function<FieldCall, Cell> rule) {
        List<Arguments.Slot> slots = options.isEmpty()
                ? List.of()
                : List.of(options.split(" ")).stream()
                        .map(s -> new Arguments.Slot(s.replace("?", ""), !s.endsWith("?")))
                        .toList();
        boolean ofText = options.contains("length?");
        table.put(name, new Entry(operands, ofText, slots, example, rule));
    }

    private static Map<String, Entry> all() {
        var table = new LinkedHashMap<String, Entry>();
        for (Primitive p : UNARY) {
            add(table, p.text(), 1, "", "column(\"x\") -> " + p.text(), call -> NumberFunctions.unary(p, call));
        }
        numbers(table);
        text(table);
        images(table);
        return table;
    }

    private static void numbers(Map<String, Entry> table) {
        String x = "column(\"x\") -> ";
        add(table, "minimum", 2, "", "minimum(column(\"x\"), 1)", c -> NumberFunctions.two(Primitive.MINIMUM, c));
        add(table, "maximum", 2, "", "maximum(column(\"x\"), 0)", c -> NumberFunctions.two(Primitive.MAXIMUM, c));
        add(table, "select", 3, "", "select(column(\"x\") > 0, 1, 0)", NumberFunctions::select);
        add(table, "clip", 1, "low high", x + "clip(0, 1)", NumberFunctions::clip);
        add(table, "standardize", 1, "", x + "standardize", NumberFunctions::standardize);
        add(table, "min_max", 1, "", x + "min_max", NumberFunctions::minMax);
        add(table, "impute", 1, "strategy value?", x + "impute(\"median\")", NumberFunctions::impute);
        add(table, "bucketize", 1, "boundaries", x + "bucketize([18, 65])", NumberFunctions::bucketize);
        add(table, "normalize", 1, "mean std", "images / 255 -> normalize(mean: 0.5, std: 0.5)", NormalizeRule::apply);
        add(table, "one_hot", 1, "depth", x + "one_hot[\"a\", \"b\"]", OneHotRule::depth);
        add(table, "concat", ANY, "axis?", "concat(age, fare)", ShapeFunctions::concat);
        add(table, "flatten", 1, "", "images / 255 -> flatten", ShapeFunctions::flatten);
        add(table, "hash", 1, "buckets", x + "hash(1000)", TextFunctions::hash);
        add(table, "categories", 1, "vocab?", x + "categories()", TextFunctions::categories);
    }

    private static void text(Map<String, Entry> table) {
        String x = "column(\"text\") -> ";
        for (DataFunction f : List.of(DataFunction.LOWERCASE, DataFunction.UPPERCASE, DataFunction.STRIP)) {
            add(table, f.text(), 1, "", x + f.text(), c -> TextFunctions.text(f, c));
        }
        for (DataFunction f : List.of(
                DataFunction.YEAR,
                DataFunction.MONTH,
                DataFunction.DAY,
                DataFunction.WEEKDAY,
                DataFunction.HOUR,
                DataFunction.MINUTE,
                DataFunction.TIMESTAMP)) {
            add(table, f.text(), 1, "format?", "column(\"date\") -> " + f.text() + "()", c -> TextFunctions.date(f, c));
        }
        tokens(
                table,
                DataFunction.WORDS,
                "vocab? length? min_count? pad? cut?",
                x + "words(vocab: 10_000, length: 200)");
        tokens(table, DataFunction.CHARACTERS, "vocab? length? pad? cut?", x + "characters(length: 200)");
        tokens(table, DataFunction.WORDPIECE, "file length? vocab?", x + "wordpiece(\"vocab.txt\", length: 512)");
        tokens(table, DataFunction.BPE, "file? length? vocab?", x + "bpe(vocab: 8_000, length: 512)");
        tokens(table, DataFunction.TOKENIZER, "file length? vocab?", x + "tokenizer(\"tokenizer.json\", length: 512)");
        add(table, "window", 1, "length shift? stride?", "window(characters(), length: 256)", TextFunctions::window);
    }

    private static void tokens(Map<String, Entry> table, DataFunction function, String options, String example) {
        add(table, function.text(), 1, options, example, c -> TextFunctions.tokens(function, c));
    }

    private static void images(Map<String, Entry> table) {
        add(
                table,
                "resize",
                1,
                "height width?",
                "images -> resize(224)",
                c -> ImageFunctions.sized(DataFunction.RESIZE, c));
        add(
                table,
                "center_crop",
                1,
                "height width?",
                "images -> center_crop(224)",
                c -> ImageFunctions.sized(DataFunction.CENTER_CROP, c));
        add(table, "crop", 1, "top left height width", "images -> crop(0, 0, 32, 32)", ImageFunctions::crop);
        add(table, "pad", 1, "size", "images -> pad(4)", ImageFunctions::pad);
        add(table, "grayscale", 1, "", "images -> grayscale", ImageFunctions::grayscale);
    }
}
