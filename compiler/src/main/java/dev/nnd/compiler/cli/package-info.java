/**
 * In: words of a command line. Out: files, text on a terminal, an exit code: 0 fine, 1 an error of the user's, 2 wrong usage.
 * Must not know: how any stage works; this and {@code lsp} are the only places with files, clocks and consoles.
 * Start here: {@link dev.nnd.compiler.cli.Nnd}.
 */
@NullMarked
package dev.nnd.compiler.cli;

import org.jspecify.annotations.NullMarked;
