/**
 * In: nothing. Out: dtypes, dims in normal form, tensor types and compile-time constants.
 * Must not know: the AST, the graph. Start here: {@link dev.nnd.compiler.type.Dim}.
 */
@NullMarked
package dev.nnd.compiler.type;

import org.jspecify.annotations.NullMarked;
