package dev.nnd.compiler.rewrite;

import java.util.List;

/**
 * Rules that are applied together until none fires. At each node the first rule that applies wins.
 *
 * @param name for traces
 * @param rules in the order in which they are tried
 */
public record Pass(String name, List<Rule> rules) {

    public Pass {
        rules = List.copyOf(rules);
    }
}
