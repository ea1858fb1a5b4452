package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;

/**
 * What a plan takes and gives.
 *
 * @param use what it is made for
 * @param states how many of the first results are states, for the body of a scan
 */
record Edge(Use use, int states) {

    static final Edge PROGRAM = new Edge(Use.PROGRAM, 0);
    static final Edge CALLED = new Edge(Use.CALLED, 0);

    static Edge repeated(int states) {
        return new Edge(Use.REPEATED, states);
    }

    /** Whether an output is what a scan collects at each step: it may be the memory of an operand or of another result. */
    boolean isCollected(Port output, Graph graph) {
        return use == Use.REPEATED && graph.outputs().indexOf(output) >= states;
    }
}
