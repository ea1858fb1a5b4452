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
 * @param expression over the inputs; outputs separated by semicolons
 */
record OpRow(String name, List<Input> inputs, String expression) {

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
        return new OpRow(parts[0].strip(), inputs, parts[2].strip());
    }

    /** {@code model Row3 { input x: f32[N] output y0 = ... }}. */
    String model() {
        var text = new StringBuilder("model " + name + " {\n");
        inputs.forEach(i -> text.append("  input " + i.name() + ": " + i.type() + "\n"));
        int number = 0;
        for (String output : expression.split("\\s*;\\s*")) {
            text.append("  output y" + number++ + " = " + output + "\n");
        }
        return text.append("}\n\n").toString();
    }
}
