/**
 * In: a syntax tree. Out: its canonical text.
 * Must not know: what names mean, types, files. Start here: {@link dev.nnd.compiler.format.Printer}.
 */
@NullMarked
package dev.nnd.compiler.format;

import org.jspecify.annotations.NullMarked;
