/**
 * In: nothing. Out: the checked program: names resolved, shapes known, blocks instantiated.
 * Must not know: how it was checked or what it is lowered to. Start here: {@link dev.nnd.compiler.typed.TypedProgram}.
 */
@NullMarked
package dev.nnd.compiler.typed;

import org.jspecify.annotations.NullMarked;
