/**
 * Proposes changes that may put a finding right. They are guesses, the likeliest first; the compiler tries them and
 * offers only what checks.
 */
@NullMarked
package dev.nnd.compiler.repair;

import org.jspecify.annotations.NullMarked;
