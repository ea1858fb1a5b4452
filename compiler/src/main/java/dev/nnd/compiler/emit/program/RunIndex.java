package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.plan.ExecutionPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which element of its arrays each repetition of a run has. Where they belong to numbered layers, such as {@code layer.0} to
 * {@code layer.11}, it is the layer's number, also where the gradients go through them in reverse.
 */
final class RunIndex {

    /**
     * Layers that are counted: {@code encoder.layer} with these numbers, one for each repetition.
     *
     * @param before the path up to the number
     */
    private record Counted(String before, int[] numbers) {

        int first() {
            return Math.min(numbers[0], numbers[numbers.length - 1]);
        }

        int step() {
            return numbers[1] - numbers[0];
        }

        /** What a name of something in a repetition begins with. */
        String numbered(int repetition) {
            return JavaNames.member(before + "." + numbers[repetition]);
        }

        /** What the name of all of them begins with. */
        String word() {
            String path = before.isEmpty() ? "part" : before;
            int last = first() + numbers.length - 1;
            return JavaNames.member(first() == 0 ? path : path + "." + first() + ".to." + last);
        }
    }

    private final List<Counted> counted;
    private final int start;
    private final int step;

    private RunIndex(List<Counted> counted) {
        this.counted = counted;
        this.start = counted.isEmpty()
                ? 0
                : counted.getFirst().numbers()[0] - counted.getFirst().first();
        this.step = counted.isEmpty() ? 1 : counted.getFirst().step();
    }

    static RunIndex of(ExecutionPlan plan, Run run) {
        var counted = new ArrayList<Counted>();
        for (int j = 0; j < run.period(); j++) {
            List<String[]> paths = paths(plan, run, j);
            for (int part = 0; part < paths.getFirst().length; part++) {
                int at = part;
                int[] numbers = paths.stream().mapToInt(p -> number(p, at)).toArray();
                if (counts(numbers)) {
                    String before = String.join(".", List.of(paths.getFirst()).subList(0, part));
                    counted.add(new Counted(before, numbers));
                    break;
                }
            }
        }
        return new RunIndex(counted);
    }

    private static boolean counts(int[] numbers) {
        int step = numbers[1] - numbers[0];
        return Math.abs(step) == 1
                && IntStream.range(0, numbers.length)
                        .allMatch(k -> numbers[k] >= 0 && numbers[k] == numbers[0] + k * step);
    }

    /** The parts of the paths of the layers that a step of each repetition belongs to. */
    private static List<String[]> paths(ExecutionPlan plan, Run run, int step) {
        return IntStream.range(0, run.count())
                .mapToObj(k -> plan.steps()
                        .get(run.first() + k * run.period() + step)
                        .origin()
                        .instance()
                        .split("\\.", -1))
                .toList();
    }

    private static int number(String[] path, int part) {
        boolean number = part < path.length && path[part].matches("\\d{1,8}");
        return number ? Integer.parseInt(path[part]) : -1;
    }

    /** The element of a repetition. */
    int of(int repetition) {
        return start + repetition * step;
    }

    /** A name in a repetition without the number of its layer: {@code layer11Backward} as {@code layerBackward}. */
    String without(String name, int repetition) {
        for (Counted layers : counted) {
            String numbered = layers.numbered(repetition);
            if (name.startsWith(numbered)) {
                return layers.word() + name.substring(numbered.length());
            }
        }
        return name;
    }

    /** What the layers are called; {@code otherwise} if they are not numbered. */
    String word(String otherwise) {
        return counted.isEmpty() ? otherwise : counted.getFirst().word();
    }
}
