/**
 * In: execution plans. Out: the classes that run them: forward programs, training steps, evaluations.
 * Must not know: how plans are made, how kernels look inside. Start here: {@link dev.nnd.compiler.emit.program.ProgramEmitter}.
 */
@NullMarked
package dev.nnd.compiler.emit.program;

import org.jspecify.annotations.NullMarked;
