package dev.nnd.compiler.type;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Minima and maxima in normal form: nested ones are one, what another one always beats is gone, and a constant and a
 * factor that all have in common are outside.
 */
final class Extremes {

    private Extremes() {}

    static Dim of(Dim a, Dim b, boolean minimum) {
        var all = new TreeSet<Dim>();
        flatten(a, minimum, all);
        flatten(b, minimum, all);
        List<Dim> kept = undominated(new ArrayList<>(all), minimum);
        if (kept.size() == 1) {
            return kept.getFirst();
        }
        long shift = kept.stream().mapToLong(Dim::constantTerm).min().orElse(0);
        long factor = 0;
        for (Dim dim : kept) {
            for (Dim.Term term : dim.minus(Dim.of(shift)).terms()) {
                factor = Quotients.gcd(factor, term.coefficient());
            }
        }
        Dim scale = Dim.of(Math.max(1, factor));
        List<Dim> reduced = kept.stream()
                .map(d -> d.minus(Dim.of(shift)).floorDivide(scale))
                .sorted()
                .toList();
        return fold(reduced, minimum).times(scale).plus(Dim.of(shift));
    }

    private static void flatten(Dim dim, boolean minimum, TreeSet<Dim> into) {
        boolean one = dim.terms().size() == 1
                && dim.terms().getFirst().coefficient() == 1
                && dim.terms().getFirst().factors().size() == 1
                && dim.terms().getFirst().factors().getFirst().power() == 1;
        Dim.Atom atom = one ? dim.terms().getFirst().factors().getFirst().atom() : new Dim.Variable("", false);
        if (minimum && atom instanceof Dim.Minimum m) {
            flatten(m.left(), true, into);
            flatten(m.right(), true, into);
        } else if (!minimum && atom instanceof Dim.Maximum m) {
            flatten(m.left(), false, into);
            flatten(m.right(), false, into);
        } else {
            into.add(dim);
        }
    }

    private static List<Dim> undominated(List<Dim> dims, boolean minimum) {
        for (int i = 0; i < dims.size(); i++) {
            for (int k = dims.size() - 1; k >= 0; k--) {
                Dim surplus =
                        minimum ? dims.get(k).minus(dims.get(i)) : dims.get(i).minus(dims.get(k));
                if (k != i && Intervals.NONE.of(surplus).low() >= 0) {
                    dims.remove(k);
                    i = k < i ? i - 1 : i;
                }
            }
        }
        return dims;
    }

    private static Dim fold(List<Dim> dims, boolean minimum) {
        Dim result = dims.getLast();
        for (int i = dims.size() - 2; i >= 0; i--) {
            result = Dim.atom(minimum ? new Dim.Minimum(dims.get(i), result) : new Dim.Maximum(dims.get(i), result));
        }
        return result;
    }
}
