package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.type.Dim;
import java.util.Map;

/**
 * A kernel's function and the sizes with which it is called.
 *
 * @param kind the loop's form
 * @param graph the function; its ports correspond to the unit's inputs and outputs
 * @param sizes what its variables stand for, in order
 */
record Body(Step.Kind kind, Graph graph, Map<String, Dim> sizes) {}
