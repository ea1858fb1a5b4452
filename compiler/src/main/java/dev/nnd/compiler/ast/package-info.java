/**
 * In: nothing. Out: immutable records of what was written, each with its span.
 * Must not know: names' meanings, types, files. Start here: {@link dev.nnd.compiler.ast.NndFile}.
 */
@NullMarked
package dev.nnd.compiler.ast;

import org.jspecify.annotations.NullMarked;
