package dev.nnd.compiler.rewrite;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The rules that fired, in order.
 *
 * @param steps one a firing
 */
public record RewriteTrace(List<Fired> steps) {

    public RewriteTrace {
        steps = List.copyOf(steps);
    }

    /**
     * One firing.
     *
     * @param pass the pass's name
     * @param rule the rule's name
     * @param before the replaced node, printed
     * @param after the new nodes, printed; empty if an existing value took its place
     * @param values the values that took the place of the node's outputs, printed
     */
    public record Fired(String pass, String rule, String before, List<String> after, String values) {}

    /** How often a rule fired. */
    public long count(Class<? extends Rule> rule) {
        return steps.stream().filter(s -> s.rule().equals(rule.getSimpleName())).count();
    }

    /** For a person: one line for each node that went, and one, with {@code =>}, for each that came. */
    public String print() {
        return steps.stream()
                .map(s -> s.pass() + ": " + s.rule() + "\n    " + s.before() + "\n"
                        + s.after().stream().map(a -> " => " + a + "\n").collect(Collectors.joining())
                        + (s.after().isEmpty() ? " => " + s.values() + "\n" : ""))
                .collect(Collectors.joining());
    }
}
