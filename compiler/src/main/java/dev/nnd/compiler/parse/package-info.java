/**
 * In: a source text. Out: the syntax tree of {@code ast}, with all syntax errors as values.
 * Must not know: what names mean, types, files. Start here: {@link dev.nnd.compiler.parse.Parser}.
 */
@NullMarked
package dev.nnd.compiler.parse;

import org.jspecify.annotations.NullMarked;
