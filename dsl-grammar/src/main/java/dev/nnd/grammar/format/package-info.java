/**
 * In: the text of one .nnd file. Out: the same tokens and comments in the one style of the language.
 * Must not know: what the program means. Start here: {@code Formatter}.
 */
@NullMarked
package dev.nnd.grammar.format;

import org.jspecify.annotations.NullMarked;
