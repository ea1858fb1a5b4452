/**
 * In: typed declarations and execution plans. Out: Java sources in memory.
 * Must not know: the file system, how plans are made. Start here: {@link dev.nnd.compiler.emit.GeneratedFile}.
 */
@NullMarked
package dev.nnd.compiler.emit;

import org.jspecify.annotations.NullMarked;
