/**
 * In: graphs. Out: their pictures, as DOT for Graphviz and as SVG. Must not know: files, passes. Start here:
 * {@link dev.nnd.compiler.cli.graph.GraphPicture}.
 */
@NullMarked
package dev.nnd.compiler.cli.graph;

import org.jspecify.annotations.NullMarked;
