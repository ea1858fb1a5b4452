/**
 * In: the AST of a file and of what it imports. Out: the typed program, and problems as values.
 * Must not know: files, the parser, the graph. Start here: {@link dev.nnd.compiler.check.Checker}.
 */
@NullMarked
package dev.nnd.compiler.check;

import org.jspecify.annotations.NullMarked;
