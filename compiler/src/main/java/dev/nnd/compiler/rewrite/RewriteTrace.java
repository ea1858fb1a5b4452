package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Value;
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
     * @param before the replaced node
     * @param after what took its place
     */
    public record Fired(String pass, String rule, Node before, Replacement after) {

        /** For a person: a line for the node that went, and one, with {@code =>}, for each node or value that came. */
        public String print() {
            String came = after.nodes().isEmpty()
                    ? " => " + after.outputs().stream().map(Value::toString).collect(Collectors.joining("; ")) + "\n"
                    : after.nodes().stream()
                            .map(n -> " => " + GraphPrinter.node(n) + "\n")
                            .collect(Collectors.joining());
            return pass + ": " + rule + "\n    " + GraphPrinter.node(before) + "\n" + came;
        }
    }

    /** How often a rule fired. */
    public long count(Class<? extends Rule> rule) {
        return steps.stream().filter(s -> s.rule().equals(rule.getSimpleName())).count();
    }

    /** All firings, printed. */
    public String print() {
        return steps.stream().map(Fired::print).collect(Collectors.joining());
    }
}
