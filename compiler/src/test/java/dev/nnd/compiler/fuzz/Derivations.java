package dev.nnd.compiler.fuzz;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Random texts of the grammar, with the names, layers and dims that programs have. */
final class Derivations {

    private static final List<String> NAMES =
            List.of("x", "y", "h", "net", "image", "label", "data", "train", "k", "mask");
    private static final List<String> DIMS =
            List.of("N", "T", "D", "3", "k", "2 * D", "N / 2", "...", "(H - 3) / 2 + 1");
    private static final List<String> STAGES = List.of(
            "Dense(10)",
            "Conv2d(8, kernel: 3)",
            "relu",
            "flatten",
            "BatchNorm()",
            "Dropout(0.5)",
            "LSTM(32)",
            "Embedding(100, 16)",
            "LayerNorm()",
            "MaxPool2d(2)",
            "softmax",
            "reshape[N, 3, T]",
            "squeeze[-1]",
            "MultiHeadAttention(4)",
            "B(3)",
            "f(2)",
            "M()",
            "transpose",
            "mean",
            "cast[i32]",
            "Dense(D) as head",
            "B(k) * 3 as layer",
            "rearrange[N, (3 d) -> N, 3, d]",
            "matmul(h.weight)",
            "GRU(8, sequences: true)");
    private static final List<String> CALLS = List.of(
            "f", "relu", "concat", "mean", "sum", "matmul", "attention", "exp", "B", "zeros", "normal", "h", "net");
    private static final List<String> OPERATORS =
            List.of("+", "-", "*", "/", "%", "**", "==", "<", ">=", "and", "or", "..");

    private final Random random;

    Derivations(Random random) {
        this.random = random;
    }

    String next() {
        return (random.nextInt(4) == 0 ? "package p.q\n" : "") + many(1 + random.nextInt(4), "\n\n", this::declaration)
                + "\n";
    }

    private String declaration() {
        return switch (random.nextInt(7)) {
            case 0, 1 -> "model M" + parameters() + body(2);
            case 2 -> "block B" + parameters() + body(2);
            case 3 ->
                "fn f(x: " + type() + (maybe() ? ", k: int = 2" : "") + ")" + (maybe() ? " -> " + type() : "")
                        + (maybe() ? " = " + expression(3) : body(1));
            case 4 -> "data D {\n" + many(1 + random.nextInt(4), "\n", this::dataItem) + "\n}";
            case 5 -> "train T {\n" + many(1 + random.nextInt(5), "\n", this::trainItem) + "\n}";
            default ->
                "tune S {\n  train T\n  search " + name() + " in " + expression(1) + "\n  maximize " + expression(1)
                        + "\n  trials " + expression(1) + "\n}";
        };
    }

    private String parameters() {
        return maybe()
                ? ""
                : "(k: " + any(List.of("int", "float", "bool", "[int]", "string")) + " = " + literal() + ")";
    }

    private String body(int depth) {
        return " {\n" + many(1 + random.nextInt(5), "\n", () -> statement(depth)) + "\n}";
    }

    private String statement(int depth) {
        return switch (random.nextInt(depth > 0 ? 11 : 9)) {
            case 0, 1 -> "  input " + name() + ": " + type();
            case 2, 3 -> "  output " + (maybe() ? name() + ": " + type() + " = " : "") + expression(3);
            case 4 -> "  let " + name() + (random.nextInt(4) == 0 ? ": " + type() : "") + " = " + expression(3);
            case 5 -> "  var " + name() + " = " + expression(2) + "\n  " + name() + " = " + expression(2);
            case 6 -> "  layer " + name() + " = " + any(STAGES);
            case 7 ->
                "  param " + name() + ": " + type()
                        + (maybe() ? " = " + any(List.of("zeros()", "ones()", "normal(std: 0.1)")) : "");
            case 8 -> "  require " + expression(2) + (maybe() ? ", \"text {k} {N}\"" : "");
            case 9 -> "  for i in 0.." + any(List.of("3", "k", "N", "-1", "100000000")) + body(depth - 1);
            default -> "  if " + expression(1) + body(depth - 1) + (maybe() ? " else" + body(depth - 1) : "");
        };
    }

    private String dataItem() {
        return switch (random.nextInt(5)) {
            case 0 ->
                "  source " + name() + " = "
                        + any(List.of("csv(\"a.csv\")", "idx(images: \"a\", labels: \"b\")", "text(\"t\")"));
            case 1 ->
                "  split " + name() + " into train " + random.nextInt(120) + "%, test 10%"
                        + (maybe() ? " seed 3" : " in order");
            case 2 -> "  augment " + name() + " -> random_flip()";
            default ->
                "  field " + name() + ": " + (maybe() ? type() : "class[" + literal() + "]") + " = " + expression(2);
        };
    }

    private String trainItem() {
        return switch (random.nextInt(8)) {
            case 0, 1 -> "  model net = M(" + (maybe() ? "k: " + literal() : "") + ")";
            case 2 -> "  data D";
            case 3 -> "  let " + name() + " = " + expression(2);
            case 4 ->
                "  minimize " + expression(2) + (maybe() ? " over net" : "") + " using adam(lr: " + expression(1) + ")";
            case 5 -> "  metric " + expression(2);
            case 6 -> "  keep best by " + name() + ".loss";
            default -> "  " + any(List.of("epochs", "batch", "steps", "seed")) + " " + literal();
        };
    }

    private String type() {
        return any(List.of("f32", "f32", "i32", "bool", "int"))
                + (random.nextInt(5) == 0 ? "" : "[" + many(1 + random.nextInt(4), ", ", () -> any(DIMS)) + "]");
    }

    private String expression(int depth) {
        if (depth == 0) {
            return maybe() ? name() : literal();
        }
        return switch (random.nextInt(10)) {
            case 0 -> literal();
            case 1 -> name();
            case 2, 3, 4 -> expression(depth - 1) + many(1 + random.nextInt(4), "", () -> " -> " + any(STAGES));
            case 5 -> "(" + expression(depth - 1) + " " + any(OPERATORS) + " " + expression(depth - 1) + ")";
            case 6 -> any(CALLS) + "(" + many(random.nextInt(3), ", ", () -> expression(depth - 1)) + ")";
            case 7 ->
                "(" + expression(depth - 1) + ")[" + any(List.of("0", ":", "-1", "1:3", "..., 0", "k", "none")) + "]";
            case 8 ->
                "(if " + expression(depth - 1) + " then " + expression(depth - 1) + " else " + expression(depth - 1)
                        + ")";
            default -> any(List.of("-", "not ")) + name() + any(List.of("", ".weight", ".shape"));
        };
    }

    private String literal() {
        return any(List.of(
                "0",
                "1",
                "2",
                "3",
                "10",
                "0.5",
                "1e-3",
                "true",
                "none",
                "\"s\"",
                "[1, 2]",
                "90%",
                "2 epochs",
                "N",
                "k"));
    }

    private String name() {
        return any(NAMES);
    }

    private boolean maybe() {
        return random.nextBoolean();
    }

    private static String many(int count, String between, Supplier<String> one) {
        return IntStream.range(0, count).mapToObj(i -> one.get()).collect(Collectors.joining(between));
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
