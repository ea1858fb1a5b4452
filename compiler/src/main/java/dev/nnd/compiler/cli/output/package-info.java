/**
 * In: generated files in memory. Out: files in a target folder, or classes in memory.
 * Must not know: how the files were made. Start here: {@link dev.nnd.compiler.cli.output.SourceWriter}.
 */
@NullMarked
package dev.nnd.compiler.cli.output;

import org.jspecify.annotations.NullMarked;
