/**
 * In: the texts of .nnd files. Out: generated Java in memory, problems as values, and what is known about each model.
 * Must not know: disks, consoles. Start here: {@code Compiler}.
 */
@NullMarked
package dev.nnd.compiler;

import org.jspecify.annotations.NullMarked;
