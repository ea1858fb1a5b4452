package dev.nnd.compiler.ir;

import dev.nnd.grammar.Span;

/**
 * Where a node comes from.
 *
 * @param span the expression in the user's .nnd file (for ops of a library layer: where the layer is used)
 * @param instance the path of the instance that it belongs to, such as {@code conv2d}; empty at the top
 * @param text the stage as written, such as {@code Conv2d(32, kernel: 3)}
 */
public record Origin(Span span, String instance, String text) {}
