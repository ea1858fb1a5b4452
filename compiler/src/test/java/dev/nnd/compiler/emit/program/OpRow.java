package dev.nnd.compiler.emit.program;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the table of functions: {@code name | inputs | expression}.
 *
 * @param name of the model that is made of it
 * @param inputs separated by semicolons, each perhaps with a range: {@code x: f32[N, 5]}, {@code p: f32[N] in 0.1 to 2},
 *     {@code i: i32[T] below N}
 * @param model its text; the outputs of a line are separated by semicolons, {@code let}, {@code layer} and {@code require} stand as they are
 */
record OpRow(String name, List<Input> inputs, String model) {

    /** A model's input, perhaps with its numbers in the comment above it. */
    private static final Pattern DECLARED = Pattern.compile(
            "(?:/// (?:from (\\S+) to (\\S+)|below (\\S+))\\s+)?input (\\w+): (\\w+(?:\\[[^\\]]*\\])?)");

    private static final Pattern STATEMENT = Pattern.compile("(let|layer|require) ");
    private static final Pattern INPUT =
            Pattern.compile("(\\w+): (\\w+(?:\\[[^\\]]*\\])?)(?: in (\\S+) to (\\S+)| below (\\S+))?");

    /**
     * An input and the numbers that it may have.
     *
     * @param below a size or a dim; empty for none
     */
    record Input(String name, String type, double low, double high, String below) {}

    static OpRow of(String line) {
        String[] parts = line.split("\\|", 3);
        var inputs = new ArrayList<Input>();
        for (String text : parts[1].strip().split("\\s*;\\s*")) {
            Matcher m = INPUT.matcher(text);
            if (!m.matches()) {
                throw new IllegalArgumentException(text);
            }
            boolean range = m.group(3) != null;
            inputs.add(new Input(
                    m.group(1),
                    m.group(2),
                    range ? Double.parseDouble(m.group(3)) : -2,
                    range ? Double.parseDouble(m.group(4)) : 2,
                    m.group(5) == null ? "" : m.group(5)));
        }
        String name = parts[0].strip();
        return new OpRow(name, inputs, model(name, inputs, parts[2].strip()));
    }

    /** A model whose inputs say in their comments what numbers they may have: {@code /// below 5}. */
    static OpRow ofModel(String text) {
        Matcher name = Pattern.compile("model (\\w+)").matcher(text);
        if (!name.find()) {
            throw new IllegalArgumentException(text);
        }
        var inputs = new ArrayList<Input>();
        Matcher m = DECLARED.matcher(text);
        while (m.find()) {
            boolean range = m.group(1) != null;
            inputs.add(new Input(
                    m.group(4),
                    m.group(5),
                    range ? Double.parseDouble(m.group(1)) : -2,
                    range ? Double.parseDouble(m.group(2)) : 2,
                    m.group(3) == null ? "" : m.group(3)));
        }
        return new OpRow(name.group(1), inputs, text + "\n");
    }

    /** {@code model Row3 { input x: f32[N] output y0 = ... }}. */
    private static String model(String name, List<Input> inputs, String expression) {
        var text = new StringBuilder("model " + name + " {\n");
        inputs.forEach(i -> text.append("  input " + i.name() + ": " + i.type() + "\n"));
        int number = 0;
        for (String output : expression.split("\\s*;\\s*")) {
            boolean statement = STATEMENT.matcher(output).lookingAt();
            text.append(statement ? "  " + output + "\n" : "  output y" + number++ + " = " + output + "\n");
        }
        return text.append("}\n\n").toString();
    }
}
