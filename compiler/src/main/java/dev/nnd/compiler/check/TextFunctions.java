package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Functions of data over text: what makes text of it, ids, and windows of ids. */
final class TextFunctions {

    private static final long MOST = 100_000_000;
    private static final long BYTES = 256;
    private static final Dim OPEN = Dim.variable("tokens");
    private static final List<String> SIDES = List.of("start", "end");

    private TextFunctions() {}

    static Cell text(DataFunction function, FieldCall call) {
        return call.text()
                .<Cell>map(x -> new Cell.Text(call.apply(function, x, DataExpr.TEXT)))
                .orElse(Cell.POISON);
    }

    /** A part of a date; the format is Java's {@code DateTimeFormatter}, ISO 8601 without one. */
    static Cell date(DataFunction function, FieldCall call) {
        if (call.has("format")) {
            Optional<String> format = call.text("format");
            Optional<String> wrong = format.flatMap(TextFunctions::wrongPattern);
            if (wrong.isPresent()) {
                return call.fail(
                        Diagnostic.error("NND0434", call.span("format"), "this is no format of a date: " + wrong.get())
                                .help("such as \"yyyy-MM-dd HH:mm\" or \"dd/MM/yyyy\""));
            }
        }
        TensorType type = call.one(DType.F32);
        return call.text()
                .<Cell>map(x -> new Cell.Numbers(call.apply(function, x, type)))
                .orElse(Cell.POISON);
    }

    private static Optional<String> wrongPattern(String format) {
        try {
            var pattern = java.time.format.DateTimeFormatter.ofPattern(format, java.util.Locale.ROOT);
            return pattern.toString().isEmpty() ? Optional.of("it is empty") : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** {@code words(vocab: 10_000, length: 200)} and the other ways to make ids of text. */
    static Cell tokens(DataFunction function, FieldCall call) {
        Optional<DataExpr> text = call.text();
        Optional<Dim> vocab =
                call.has("vocab") ? call.integer("vocab", 2, Integer.MAX_VALUE).map(Dim::of) : Optional.empty();
        Optional<Dim> length =
                call.has("length") ? call.integer("length", 1, MOST).map(Dim::of) : Optional.of(OPEN);
        boolean file = !call.has("file")
                || call.text("file").filter(f -> file(f, call)).isPresent();
        boolean count =
                !call.has("min_count") || call.integer("min_count", 1, MOST).isPresent();
        boolean sides = side("pad", call) && side("cut", call);
        if (text.isEmpty() || length.isEmpty() || !file || !count || !sides || (call.has("vocab") && vocab.isEmpty())) {
            return Cell.POISON;
        }
        if (function == DataFunction.BPE && !call.has("file") && vocab.isEmpty()) {
            return call.fail(Diagnostic.error(
                            "NND0434", call.written(), "`bpe` without a file of merges is learned up to a `vocab`")
                    .help("write `bpe(\"merges.txt\")` or `bpe(vocab: 8_000)`"));
        }
        boolean few = vocab.flatMap(v -> v.constant().stream().boxed().findFirst())
                .filter(v -> v <= BYTES)
                .isPresent();
        if (function == DataFunction.BPE && !call.has("file") && few) {
            return call.fail(Diagnostic.error(
                            "NND0434",
                            call.span("vocab"),
                            "`bpe` has an id for each of the 256 bytes and one for the end of text, so `vocab` is at least "
                                    + (BYTES + 1))
                    .help("write `vocab: 8_000`"));
        }
        boolean stream = text.get() instanceof DataExpr.Stream || streams(text.get());
        if (stream && call.has("length")) {
            String window = "window(" + call.name() + "(), length: " + length.get() + ")";
            Diagnostic error = Diagnostic.error(
                            "NND0423", call.span("length"), "a text source is one text, so its tokens have no `length`")
                    .help("cut examples out of it: `" + window + "`");
            boolean alone = call.constants().size() == 1;
            return call.fail(
                    alone
                            ? error.candidate("cut examples out of it: `" + window + "`", call.written(), window)
                            : error);
        }
        var type = TensorType.of(DType.I32, length.get());
        boolean learns = !call.has("file");
        OptionalInt id = learns ? OptionalInt.of(call.context().learn(call.written())) : OptionalInt.empty();
        var made = new DataExpr.Apply(function, List.of(text.get()), call.constants(), type, id, call.written());
        Dim count0 = vocab.orElseGet(() -> call.context().vocabulary(function, text.get(), identity(call)));
        return new Cell.Numbers(made, Optional.of(new TypedData.Ids(count0, call.written())));
    }

    /** {@code pad: "start"}: where padding goes, and {@code cut: "end"}: where a text is cut. */
    private static boolean side(String option, FieldCall call) {
        if (!call.has(option)) {
            return true;
        }
        Optional<String> side = call.text(option);
        if (side.isEmpty()) {
            return false;
        }
        if (!call.has("length")) {
            call.fail(Diagnostic.error(
                            "NND0434",
                            call.span(option),
                            "`" + option + "` says how a text is made as long as `length`")
                    .help("add a `length`, such as `length: 200`"));
            return false;
        }
        if (SIDES.contains(side.get())) {
            return true;
        }
        Diagnostic error = Diagnostic.error(
                "NND0434", call.span(option), "`" + option + "` is \"start\" or \"end\", got \"" + side.get() + "\"");
        Optional<String> near = switch (side.get()) {
            case "pre", "left", "front", "before", "begin", "beginning" -> Optional.of("start");
            case "post", "right", "back", "after" -> Optional.of("end");
            default -> Nearest.to(side.get(), SIDES);
        };
        call.fail(
                near.isPresent()
                        ? error.help("write `" + option + ": \"" + near.get() + "\"`")
                                .fix(call.span(option), option + ": \"" + near.get() + "\"")
                        : error.help("write \"start\" or \"end\""));
        return false;
    }

    private static boolean streams(DataExpr text) {
        return text.operands().stream().anyMatch(o -> o instanceof DataExpr.Stream || streams(o));
    }

    /** What two uses must have in common to have one vocabulary. */
    private static String identity(FieldCall call) {
        var constants = new java.util.TreeMap<String, Constant>(call.constants());
        List.of("length", "pad", "cut").forEach(constants::remove);
        return constants.toString();
    }

    private static boolean file(String path, FieldCall call) {
        Span span = call.span("file");
        return new FileNames(call.c()).check(path, TypedData.Format.TEXT, span, call.written());
    }

    /** {@code window(characters(), length: 256, shift: 1)}: examples cut from a text source. */
    static Cell window(FieldCall call) {
        if (call.operand() instanceof Cell.Text || call.operand() instanceof Cell.Raw) {
            return call.fail(Diagnostic.error("NND0422", call.written(), "`window` cuts tokens, and this is text")
                    .help("make tokens first: `window(characters(), length: 256)`"));
        }
        Optional<Cell.Numbers> x = call.numbers();
        Optional<Long> length = call.integer("length", 1, MOST);
        Optional<Long> shift = call.has("shift") ? call.integer("shift", 0, MOST) : Optional.of(0L);
        Optional<Long> stride = call.has("stride") ? call.integer("stride", 1, MOST) : length;
        if (x.isEmpty() || length.isEmpty() || shift.isEmpty() || stride.isEmpty()) {
            return Cell.POISON;
        }
        if (!streams(x.get().expr())) {
            return call.fail(Diagnostic.error("NND0423", call.written(), "`window` cuts a text source into examples")
                    .label(
                            x.get().expr().span(),
                            "this is of one row already, " + x.get().type())
                    .help("a row's tokens are cut to a length by the function that makes them: `words(vocab: 10_000,"
                            + " length: " + length.get() + ")`"));
        }
        var type = TensorType.of(DType.I32, Dim.of(length.get()));
        // A window of another length than its field's is reported as such.
        if (call.wanted().filter(w -> !w.dims().equals(type.dims())).isEmpty()) {
            call.context().window(stride.get(), call.written());
        }
        return new Cell.Numbers(
                call.apply(DataFunction.WINDOW, x.get().expr(), type), x.get().ids());
    }

    /** {@code hash(1000)}: text or numbers to an id. */
    static Cell hash(FieldCall call) {
        Optional<Long> buckets = call.integer("buckets", 2, Integer.MAX_VALUE);
        Optional<DataExpr> x = textOrNumbers(call);
        if (buckets.isEmpty() || x.isEmpty()) {
            return Cell.POISON;
        }
        var ids = new TypedData.Ids(Dim.of(buckets.get()), call.written());
        return new Cell.Numbers(call.apply(DataFunction.HASH, x.get(), ids(x.get(), call)), Optional.of(ids));
    }

    /** {@code categories()}: an id for each value of the training split. */
    static Cell categories(FieldCall call) {
        Optional<Long> vocab = call.has("vocab") ? call.integer("vocab", 2, Integer.MAX_VALUE) : Optional.empty();
        Optional<DataExpr> x = textOrNumbers(call);
        if (x.isEmpty() || (call.has("vocab") && vocab.isEmpty())) {
            return Cell.POISON;
        }
        Dim count = vocab.map(Dim::of)
                .orElseGet(() -> call.context().vocabulary(DataFunction.CATEGORIES, x.get(), identity(call)));
        return new Cell.Numbers(
                call.learn(DataFunction.CATEGORIES, x.get(), ids(x.get(), call)),
                Optional.of(new TypedData.Ids(count, call.written())));
    }

    private static TensorType ids(DataExpr x, FieldCall call) {
        return x.type().equals(DataExpr.TEXT) || x.type().rank() == 0
                ? call.one(DType.I32)
                : x.type().as(DType.I32);
    }

    static Optional<DataExpr> textOrNumbers(FieldCall call) {
        return switch (call.operand()) {
            case Cell.Raw r -> Optional.of(r.text());
            case Cell.Text t -> Optional.of(t.expr());
            case Cell.Numbers n -> Optional.of(n.expr());
            case Cell.Poison p -> Optional.empty();
        };
    }
}
