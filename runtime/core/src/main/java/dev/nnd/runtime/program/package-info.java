/**
 * In: the calls of a generated constructor. Out: a planned arena, bound ops, parameters in their home layouts.
 * Must not know: which provider runs, the training loop. Start here: {@link dev.nnd.runtime.program.Binding}.
 */
@NullMarked
package dev.nnd.runtime.program;

import org.jspecify.annotations.NullMarked;
