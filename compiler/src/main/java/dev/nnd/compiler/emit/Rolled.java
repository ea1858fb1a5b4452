package dev.nnd.compiler.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;

/**
 * Turns statements that repeat into loops. Each repetition is given with its {@link Indexed} numbers; successive ones whose
 * numbers grow evenly become one {@code for}, the others stay as they are: the first one often reads something else.
 */
public final class Rolled {

    /** Fewer repetitions than this are written out. */
    private static final int FEWEST = 3;

    /** A repetition: its lines with a mark at the place of each number, and these numbers. */
    private record Repetition(String shape, List<Lines.Line> lines, int[] numbers) {

        static Repetition of(Lines lines) {
            var shape = new StringBuilder();
            var numbers = new ArrayList<Integer>();
            for (Lines.Line line : lines.lines()) {
                Matcher matcher = Indexed.MARKED.matcher(line.text());
                shape.append(line.kind()).append(' ');
                while (matcher.find()) {
                    numbers.add(Integer.valueOf(Indexed.number(matcher)));
                    matcher.appendReplacement(shape, String.valueOf(Indexed.CODE));
                }
                matcher.appendTail(shape).append('\n');
            }
            return new Repetition(
                    shape.toString(),
                    lines.lines(),
                    numbers.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    private final String variable;
    private final Map<String, Integer> lengths;
    private final List<Repetition> all;

    private Rolled(List<Lines> repetitions, String variable, Map<String, Integer> lengths) {
        this.variable = variable;
        this.lengths = lengths;
        this.all = repetitions.stream().map(Repetition::of).toList();
    }

    /**
     * The statements of all repetitions, in order: loops, and repetitions that are not in any.
     *
     * @param variable the name of the loops' variable
     * @param lengths the sizes of arrays by their names, for loops over whole arrays
     */
    public static List<Lines> of(List<Lines> repetitions, String variable, Map<String, Integer> lengths) {
        return new Rolled(repetitions, variable, lengths).pieces();
    }

    private List<Lines> pieces() {
        var pieces = new ArrayList<Lines>();
        int at = 0;
        while (at < all.size()) {
            int end = end(at);
            if (end - at >= FEWEST) {
                pieces.add(loop(at, end));
                at = end;
            } else {
                var single = new Lines();
                all.get(at).lines().forEach(l -> single.add(l.kind(), l.text()));
                pieces.add(single);
                at++;
            }
        }
        return pieces;
    }

    /** Behind the last repetition that continues those from {@code first} evenly. */
    private int end(int first) {
        int end = first + 1;
        while (end < all.size() && (end == first + 1 ? alike(first, end) : even(end))) {
            end++;
        }
        return end;
    }

    private boolean alike(int one, int other) {
        return all.get(one).shape().equals(all.get(other).shape());
    }

    /** True if a repetition differs from the one before it as that does from the one before. */
    private boolean even(int index) {
        if (!alike(index - 1, index)) {
            return false;
        }
        int[] last = all.get(index - 2).numbers();
        int[] middle = all.get(index - 1).numbers();
        int[] next = all.get(index).numbers();
        for (int i = 0; i < next.length; i++) {
            if (next[i] - middle[i] != middle[i] - last[i]) {
                return false;
            }
        }
        return true;
    }

    private Lines loop(int first, int end) {
        int[] from = all.get(first).numbers();
        int[] next = all.get(first + 1).numbers();
        int leading = leading(from, next);
        int start = leading < 0 ? 0 : from[leading];
        int step = leading < 0 ? 1 : next[leading] - from[leading];
        int last = start + (end - 1 - first) * step;
        var lines = new Lines().open(header(array(first, leading), start, last, step));
        int[] at = {0};
        for (Lines.Line line : all.get(first).lines()) {
            lines.add(line.kind(), written(line.text(), () -> {
                int number = at[0]++;
                int slope = (next[number] - from[number]) * step;
                return expression(slope, from[number] - slope * start);
            }));
        }
        return lines.close();
    }

    /** The first number that grows or shrinks by one; -1 if there is none. */
    private static int leading(int[] from, int[] next) {
        for (int i = 0; i < from.length; i++) {
            if (Math.abs(next[i] - from[i]) == 1) {
                return i;
            }
        }
        return -1;
    }

    private String header(String array, int start, int last, int step) {
        int length = lengths.getOrDefault(array, -1);
        if (step > 0) {
            String end = last + 1 == length ? array + ".length" : String.valueOf(last + 1);
            return "for (int " + variable + " = " + start + "; " + variable + " < " + end + "; " + variable + "++)";
        }
        String from = start + 1 == length ? array + ".length - 1" : String.valueOf(start);
        return "for (int " + variable + " = " + from + "; " + variable + " >= " + last + "; " + variable + "--)";
    }

    /** The name of the array that a number of a repetition is an index of; empty if it is none. */
    private String array(int repetition, int number) {
        int seen = 0;
        for (Lines.Line line : all.get(repetition).lines()) {
            Matcher matcher = Indexed.MARKED.matcher(line.text());
            while (matcher.find()) {
                if (seen++ == number) {
                    String before = line.text().substring(0, matcher.start());
                    int end = before.endsWith("[") ? before.length() - 1 : before.length();
                    int from = end;
                    while (from > 0
                            && (Character.isJavaIdentifierPart(before.charAt(from - 1))
                                    || before.charAt(from - 1) == '.')) {
                        from--;
                    }
                    return before.substring(from, end);
                }
            }
        }
        return "";
    }

    private String expression(int slope, int constant) {
        String product = switch (slope) {
            case 0 -> "";
            case 1 -> variable;
            case -1 -> "-" + variable;
            default -> slope + " * " + variable;
        };
        if (product.isEmpty()) {
            return String.valueOf(constant);
        }
        if (slope == -1 && constant != 0) {
            return constant + " - " + variable;
        }
        return product + (constant == 0 ? "" : constant > 0 ? " + " + constant : " - " + -constant);
    }

    /** A line with the next expression in the place of each marked number. */
    private static String written(String text, Supplier<String> next) {
        Matcher matcher = Indexed.MARKED.matcher(text);
        var result = new StringBuilder();
        while (matcher.find()) {
            String expression = next.get();
            if (matcher.group(2) == null) {
                matcher.appendReplacement(result, Matcher.quoteReplacement(expression));
            } else {
                String term = expression.contains(" ") ? "(" + expression + ")" : expression;
                matcher.appendReplacement(result, Matcher.quoteReplacement("\" + " + term + " + \""));
            }
        }
        return matcher.appendTail(result).toString().replace(" + \"\"", "");
    }
}
