package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds statements that come several times in a row and differ in their weights only, each time reading what the time before
 * made: the layers of a deep network. One value is handed from turn to turn; what all turns read alike is handed to each.
 */
final class Repeats {

    private static final int LONGEST_PERIOD = 400;
    private static final int MOST_STEPS = 6_000;
    private static final int FEWEST_STEPS = 2;

    /**
     * Equal stretches of statements.
     *
     * @param turns the statements of each turn
     * @param start what the first turn reads where the others read the turn before
     * @param made what each turn hands on
     * @param shared values from outside that every turn reads
     */
    record Repeat(List<List<Step>> turns, Value start, List<Value.Computed> made, List<Value> shared) {

        /** What a turn reads from the one before. */
        Value before(int turn) {
            return turn == 0 ? start : made.get(turn - 1);
        }
    }

    private final List<Step> steps;
    private final Map<Value, Integer> places = new IdentityHashMap<>();
    private final Map<Value, List<Integer>> readers = new IdentityHashMap<>();
    private final Set<Value> outputs;
    private final int[] shapes;

    private Repeats(List<Step> steps, Set<Value> outputs) {
        this.steps = steps;
        this.outputs = outputs;
        this.shapes = new int[steps.size()];
        for (int i = 0; i < steps.size(); i++) {
            places.put(steps.get(i).result(), i);
            shapes[i] = shape(steps.get(i)).hashCode();
            for (Value operand : steps.get(i).operands()) {
                readers.computeIfAbsent(operand, v -> new ArrayList<>()).add(i);
            }
        }
    }

    /** The statements with one in place of each repeat; {@code outputs} are read from outside. */
    static List<Step> folded(List<Step> steps, Set<Value> outputs) {
        if (steps.size() > MOST_STEPS) {
            return steps;
        }
        var found = new Repeats(steps, outputs).best(0, steps.size());
        if (found.isEmpty()) {
            return steps;
        }
        Found best = found.get();
        int end = best.from() + best.period() * best.count();
        var result = new ArrayList<>(
                folded(steps.subList(0, best.from()), union(outputs, steps.subList(best.from(), steps.size()))));
        result.add(best.step());
        result.addAll(folded(steps.subList(end, steps.size()), outputs));
        return result;
    }

    private static Set<Value> union(Set<Value> outputs, List<Step> later) {
        Set<Value> all = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(outputs);
        later.forEach(s -> all.addAll(s.operands()));
        return all;
    }

    /** What has to be equal of two statements apart from what they read. */
    private static String shape(Step step) {
        var text = new StringBuilder().append(step.result().type());
        for (Object part : step.parts()) {
            switch (part) {
                case Value v ->
                    text.append('{')
                            .append(v.type())
                            .append(v instanceof Value.Known ? "k" : "")
                            .append('}');
                case Step.Instance i ->
                    i.weights().forEach((n, k) -> text.append(n).append(k.type()));
                case Repeat r -> text.append("repeat").append(System.identityHashCode(r));
                default -> text.append(part);
            }
        }
        return text.toString();
    }

    private record Found(int from, int period, int count, int quality, Step step) {
        int saved() {
            return period * (count - 1);
        }
    }

    /** Where two turns could begin, the one is better whose weights have one name in front, and that begins with a weight. */
    private static int quality(Repeat repeat) {
        var turns = repeat.turns().stream().map(Repeats::hints).toList();
        var fronts = new HashSet<String>();
        for (int i = 0; i < turns.getFirst().size(); i++) {
            fronts.add(front(turns.getFirst().get(i), turns.get(1).get(i)));
        }
        boolean begins = !hints(repeat.turns().getFirst().subList(0, 1)).isEmpty();
        return (fronts.size() <= 1 ? 2 : 0) + (begins ? 1 : 0);
    }

    /** The names of weights in a stretch of statements. */
    static List<String> hints(List<Step> steps) {
        var hints = new ArrayList<String>();
        for (Step step : steps) {
            for (Object part : step.parts()) {
                if (part instanceof Step.Instance i) {
                    hints.add(i.hint());
                } else if (part instanceof Value.Known k && k.isWeight()) {
                    hints.add(k.hint());
                }
            }
        }
        return hints;
    }

    /** The part of a name up to where another turn has another one. */
    private static String front(String a, String b) {
        String[] x = a.split("[./]", -1);
        String[] y = b.split("[./]", -1);
        for (int s = 0; s < Math.min(x.length, y.length); s++) {
            if (!x[s].equals(y[s])) {
                return String.join(".", List.of(x).subList(0, s + 1));
            }
        }
        return a;
    }

    private Optional<Found> best(int low, int high) {
        Optional<Found> best = Optional.empty();
        for (int period = FEWEST_STEPS; period <= Math.min(LONGEST_PERIOD, (high - low) / 2); period++) {
            for (int from = low; from + 2 * period <= high; from++) {
                if (shapes[from] != shapes[from + period]) {
                    continue;
                }
                int count = turns(from, period, high);
                int saved = period * (count - 1);
                if (count >= 2 && saved >= best.map(Found::saved).orElse(FEWEST_STEPS)) {
                    Optional<Found> found = repeat(from, period, count);
                    if (found.isPresent() && (best.isEmpty() || better(found.get(), best.get()))) {
                        best = found;
                    }
                }
            }
        }
        return best;
    }

    private static boolean better(Found a, Found b) {
        return a.saved() > b.saved() || a.saved() == b.saved() && a.quality() > b.quality();
    }

    /** How many stretches of that length look alike. */
    private int turns(int from, int period, int high) {
        int count = 1;
        while (from + (count + 1) * period <= high) {
            int next = from + count * period;
            for (int i = 0; i < period; i++) {
                if (shapes[from + i] != shapes[next + i]) {
                    return count;
                }
            }
            count++;
        }
        return count;
    }

    /** The longest repeat there whose values go together as a repeat's must. */
    private Optional<Found> repeat(int from, int period, int most) {
        for (int count = most; count >= 2; count--) {
            Optional<Repeat> repeat = linked(from, period, count);
            if (repeat.isPresent()) {
                Repeat made = repeat.get();
                var parts = new ArrayList<Object>();
                parts.add(made.start());
                parts.add(" -> ");
                parts.add(made);
                parts.addAll(made.shared());
                return Optional.of(new Found(
                        from,
                        period,
                        count,
                        quality(made),
                        new Step(parts, made.shared().isEmpty(), made.made().getLast())));
            }
        }
        return Optional.empty();
    }

    private Optional<Repeat> linked(int from, int period, int count) {
        Value start = null;
        int carried = -1;
        var shared = new ArrayList<Value>();
        for (int i = 0; i < period; i++) {
            List<Value> first = steps.get(from + i).operands();
            for (int o = 0; o < first.size(); o++) {
                Value second = steps.get(from + period + i).operands().get(o);
                int place = places.getOrDefault(second, -1);
                if (place >= from + period) {
                    if (!inside(from, period, count, i, o)) {
                        return Optional.empty();
                    }
                } else if (place >= from) {
                    boolean other = carried >= 0 && carried != place - from;
                    boolean begins = start != null && !start.equals(first.get(o));
                    carried = place - from;
                    start = first.get(o);
                    if (other || begins || !handed(from, period, count, i, o, carried)) {
                        return Optional.empty();
                    }
                } else if (second instanceof Value.Known && !second.equals(first.get(o))) {
                    continue;
                } else if (!alike(from, period, count, i, o)) {
                    return Optional.empty();
                } else if (!shared.contains(second) && !(second instanceof Value.Known)) {
                    shared.add(second);
                }
            }
        }
        if (start == null || places.getOrDefault(start, -1) >= from) {
            return Optional.empty();
        }
        return closed(from, period, count, carried) && bound(from, period, start, shared)
                ? Optional.of(made(from, period, count, start, carried, shared))
                : Optional.empty();
    }

    private Value operand(int from, int period, int turn, int step, int operand) {
        return steps.get(from + turn * period + step).operands().get(operand);
    }

    /** Every turn reads its own statement at the same place. */
    private boolean inside(int from, int period, int count, int i, int o) {
        int relative = places.getOrDefault(operand(from, period, 1, i, o), -1) - period;
        for (int turn = 0; turn < count; turn++) {
            if (places.getOrDefault(operand(from, period, turn, i, o), -1) != relative + turn * period) {
                return false;
            }
        }
        return true;
    }

    /** Every turn but the first reads the carried value of the turn before. */
    private boolean handed(int from, int period, int count, int i, int o, int carried) {
        for (int turn = 1; turn < count; turn++) {
            if (places.getOrDefault(operand(from, period, turn, i, o), -1) != from + (turn - 1) * period + carried) {
                return false;
            }
        }
        Value first = operand(from, period, 0, i, o);
        return !(first instanceof Value.Known)
                && first.type().equals(steps.get(from + carried).result().type());
    }

    /** Every turn reads the same value from outside. */
    private boolean alike(int from, int period, int count, int i, int o) {
        for (int turn = 1; turn < count; turn++) {
            if (!operand(from, period, turn, i, o).equals(operand(from, period, 0, i, o))) {
                return false;
            }
        }
        return true;
    }

    /** Nothing outside reads what a turn makes, but for the last one's carried value. */
    private boolean closed(int from, int period, int count, int carried) {
        int end = from + count * period;
        for (int i = from; i < end; i++) {
            int turn = (i - from) / period;
            int within = (i - from) % period;
            boolean last = turn == count - 1 && within == carried;
            Value made = steps.get(i).result();
            if (last) {
                continue;
            }
            if (outputs.contains(made)) {
                return false;
            }
            for (int reader : readers.getOrDefault(made, List.of())) {
                int other = (reader - from) / period;
                boolean near = reader < end && (other == turn || other == turn + 1 && within == carried);
                if (!near) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The dim variables of the statements are bound by the inputs of a block. */
    private boolean bound(int from, int period, Value start, List<Value> shared) {
        var known = new HashSet<String>();
        var inputs = new ArrayList<TensorType>(List.of(start.type()));
        shared.forEach(s -> inputs.add(s.type()));
        for (TensorType type : inputs) {
            for (Dim dim : type.dims()) {
                if (dim.variables().size() == 1
                        && dim.equals(Dim.variable(dim.variables().iterator().next()))) {
                    known.addAll(dim.variables());
                }
            }
        }
        return steps.subList(from, from + period).stream()
                        .allMatch(
                                s -> s.result().type().dims().stream().allMatch(d -> known.containsAll(d.variables())))
                && inputs.stream().allMatch(t -> t.dims().stream().allMatch(d -> known.containsAll(d.variables())));
    }

    private Repeat made(int from, int period, int count, Value start, int carried, List<Value> shared) {
        var turns = new ArrayList<List<Step>>();
        var made = new ArrayList<Value.Computed>();
        for (int turn = 0; turn < count; turn++) {
            int first = from + turn * period;
            turns.add(List.copyOf(steps.subList(first, first + period)));
            made.add(steps.get(first + carried).result());
        }
        return new Repeat(turns, start, made, shared);
    }
}
