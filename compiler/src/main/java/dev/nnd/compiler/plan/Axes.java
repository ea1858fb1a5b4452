package dev.nnd.compiler.plan;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loop nest of a kernel: the axes of its domain, without those of length 1, adjacent ones joined where all operands
 * treat them alike.
 */
final class Axes {

    private final List<Dim> domain;
    /** For each axis of the domain its loop, or -1. */
    private final List<Integer> loops = new ArrayList<>();

    private final List<Dim> sizes = new ArrayList<>();
    private final List<Boolean> reduced = new ArrayList<>();

    /**
     * Joins axes.
     *
     * @param domain the dims that the loop nest covers
     * @param operands the dims of each operand, which broadcast to the domain
     * @param reducedAxes the axes of the domain that a reduction takes away
     */
    Axes(List<Dim> domain, List<List<Dim>> operands, List<Integer> reducedAxes) {
        this.domain = domain;
        List<Object> previous = List.of();
        for (int axis = 0; axis < domain.size(); axis++) {
            if (domain.get(axis).is(1)) {
                loops.add(-1);
                continue;
            }
            boolean isReduced = reducedAxes.contains(axis);
            var treatment = new ArrayList<Object>(List.of(isReduced));
            for (List<Dim> operand : operands) {
                treatment.add(isAlong(operand, axis));
            }
            if (treatment.equals(previous)) {
                sizes.set(sizes.size() - 1, sizes.getLast().times(domain.get(axis)));
            } else {
                sizes.add(domain.get(axis));
                reduced.add(isReduced);
            }
            loops.add(sizes.size() - 1);
            previous = treatment;
        }
        if (sizes.isEmpty()) {
            sizes.add(Dim.ONE);
            reduced.add(!reducedAxes.isEmpty());
        }
    }

    private boolean isAlong(List<Dim> operand, int axis) {
        int own = axis - (domain.size() - operand.size());
        return own >= 0 && !operand.get(own).is(1);
    }

    /** How many loops there are, at least 1. */
    int count() {
        return sizes.size();
    }

    /** The loops that a reduction takes away. */
    List<Integer> reduced() {
        var loopsReduced = new ArrayList<Integer>();
        for (int i = 0; i < reduced.size(); i++) {
            if (reduced.get(i)) {
                loopsReduced.add(i);
            }
        }
        return loopsReduced;
    }

    /** The variable of each loop with the size that it stands for. */
    Map<String, Dim> sizes() {
        var named = new LinkedHashMap<String, Dim>();
        for (int i = 0; i < sizes.size(); i++) {
            named.put(name(i, sizes.size()), sizes.get(i));
        }
        return named;
    }

    /** {@code COUNT}; {@code ROWS, COLUMNS}; {@code D0, D1, D2}. */
    static String name(int loop, int count) {
        return switch (count) {
            case 1 -> "COUNT";
            case 2 -> loop == 0 ? "ROWS" : "COLUMNS";
            default -> "D" + loop;
        };
    }

    /** The variables of all loops. */
    List<Dim> variables() {
        return sizes().keySet().stream().map(Dim::variable).toList();
    }

    /** The dims of an operand over the loops: none for a single element. */
    List<Dim> dims(List<Dim> operand) {
        if (operand.isEmpty()) {
            return List.of();
        }
        var result = new ArrayList<Dim>();
        for (int loop = 0; loop < count(); loop++) {
            int axis = loops.indexOf(loop);
            boolean along = axis < 0 || isAlong(operand, axis);
            result.add(along ? Dim.variable(name(loop, count())) : Dim.ONE);
        }
        return result.stream().allMatch(d -> d.is(1)) ? List.of() : result;
    }
}
