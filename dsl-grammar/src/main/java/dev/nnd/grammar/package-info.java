/**
 * In: the text of one .nnd file. Out: a parse tree with positions, and problems as values.
 * Must not know: anything else of nnd. Start here: {@code NndGrammar}.
 */
@NullMarked
package dev.nnd.grammar;

import org.jspecify.annotations.NullMarked;
