package dev.nnd.compiler.emit;

import dev.nnd.compiler.type.Dim;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Dims as Java expressions over {@code int} parameters. Products are computed as {@code long}, so that large sizes do
 * not overflow silently; an expression without products stays {@code int} and widens where it is used.
 */
public final class DimCode {

    private final Map<String, String> names = new LinkedHashMap<>();
    private final String widened;

    /** Every dim variable under the name of an {@code int} of its own: {@code N} is {@code n}. */
    public DimCode(Collection<String> variables) {
        this(variables, "(long) ");
    }

    private DimCode(Collection<String> variables, String widened) {
        this.widened = widened;
        var scope = new JavaNames();
        for (String variable : variables) {
            names.put(variable, scope.unique(JavaNames.member(variable)));
        }
    }

    /** The same where the Java parameters are {@code long}. */
    public static DimCode ofLongs(Collection<String> variables) {
        return new DimCode(variables, "");
    }

    /** The same with another Java name for one of the variables. */
    public DimCode with(String variable, String name) {
        var changed = new DimCode(names.keySet(), widened);
        changed.names.put(variable, name);
        return changed;
    }

    /** The Java names in the order of the variables. */
    public List<String> parameters() {
        return List.copyOf(names.values());
    }

    /** The Java name of a variable. */
    public String parameter(String variable) {
        String name = names.get(variable);
        if (name == null) {
            throw new IllegalArgumentException("no Java name for the dim variable " + variable);
        }
        return name;
    }

    /** One dim: {@code n}, {@code 28}, {@code 2L * t + 1}, {@code Math.floorDiv(h - 3, 2) + 1}. */
    public String code(Dim dim) {
        if (dim.terms().isEmpty()) {
            return "0";
        }
        var text = new StringBuilder();
        for (Dim.Term term : dim.terms()) {
            boolean minus = term.coefficient() < 0;
            text.append(text.isEmpty() ? (minus ? "-" : "") : (minus ? " - " : " + "));
            text.append(term(Math.abs(term.coefficient()), term.factors()));
        }
        return text.toString();
    }

    /** Dims for an argument list: {@code n, 32, 26, 26}; empty for a scalar. */
    public String arguments(List<Dim> dims) {
        return dims.stream().map(this::code).collect(Collectors.joining(", "));
    }

    /** A product of dims that keeps its factors: {@code (long) n * 32 * 26 * 26}; constants alone are folded. */
    public String product(List<Dim> dims) {
        Dim folded = Dim.product(dims);
        if (folded.constant().isPresent()) {
            return code(folded);
        }
        List<Dim> factors = dims.stream().filter(d -> !d.is(1)).toList();
        if (factors.size() == 1) {
            return code(factors.getFirst());
        }
        String rest = factors.stream().skip(1).map(this::factor).collect(Collectors.joining(" * "));
        return widened + factor(factors.getFirst()) + " * " + rest;
    }

    private String factor(Dim dim) {
        String code = code(dim);
        return code.contains(" ") && !code.endsWith(")") || dim.terms().size() > 1 ? "(" + code + ")" : code;
    }

    private String term(long coefficient, List<Dim.Factor> factors) {
        if (factors.isEmpty()) {
            return literal(coefficient);
        }
        String atoms = factors.stream()
                .flatMap(f -> Collections.nCopies(f.power(), atom(f.atom())).stream())
                .collect(Collectors.joining(" * "));
        if (coefficient != 1) {
            return coefficient + "L * " + atoms;
        }
        boolean alone = factors.size() == 1 && factors.getFirst().power() == 1;
        return alone ? atoms : widened + atoms;
    }

    private static String literal(long value) {
        return value == (int) value ? Long.toString(value) : value + "L";
    }

    private String atom(Dim.Atom atom) {
        return switch (atom) {
            case Dim.Variable v -> parameter(v.name());
            case Dim.FloorDivision d -> call("floorDiv", d.numerator(), d.denominator());
            case Dim.Minimum m -> call("min", m.left(), m.right());
            case Dim.Maximum m -> call("max", m.left(), m.right());
        };
    }

    private String call(String function, Dim left, Dim right) {
        return "Math." + function + "(" + code(left) + ", " + code(right) + ")";
    }
}
