package dev.nnd.compiler.type;

import java.util.stream.Collectors;

/** Dims as a person writes them. */
final class DimText {

    private DimText() {}

    static String of(Dim dim) {
        if (dim.terms().isEmpty()) {
            return "0";
        }
        var text = new StringBuilder();
        for (Dim.Term term : dim.terms()) {
            boolean minus = term.coefficient() < 0;
            text.append(text.isEmpty() ? (minus ? "-" : "") : (minus ? " - " : " + "));
            String number = minus ? ("" + term.coefficient()).substring(1) : "" + term.coefficient();
            String atoms = term.factors().stream().map(DimText::factor).collect(Collectors.joining(" * "));
            if (atoms.isEmpty()) {
                text.append(number);
            } else {
                text.append(number.equals("1") ? atoms : number + " * " + atoms);
            }
        }
        return text.toString();
    }

    private static String factor(Dim.Factor factor) {
        String atom = factor.atom() instanceof Dim.FloorDivision
                ? "(" + factor.atom() + ")"
                : factor.atom().toString();
        return factor.power() == 1 ? atom : atom + " ** " + factor.power();
    }

    /** In parentheses unless it is a number or one atom. */
    static String group(Dim dim) {
        boolean simple = dim.constant().isPresent()
                || (dim.terms().size() == 1
                        && dim.terms().getFirst().coefficient() == 1
                        && dim.terms().getFirst().factors().size() == 1
                        && !(dim.terms().getFirst().factors().getFirst().atom() instanceof Dim.FloorDivision));
        return simple ? dim.toString() : "(" + dim + ")";
    }

    /** {@code D % heads} for {@code D - heads * (D / heads)}; empty if the dim is no remainder. */
    static String remainder(Dim dim) {
        for (Dim.Term term : dim.terms()) {
            for (Dim.Factor factor : term.factors()) {
                if (factor.atom() instanceof Dim.FloorDivision(Dim a, Dim b)
                        && a.remainder(b).equals(dim)) {
                    return group(a) + " % " + group(b);
                }
            }
        }
        return "";
    }
}
