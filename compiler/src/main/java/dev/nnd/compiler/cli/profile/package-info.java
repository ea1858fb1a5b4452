/**
 * In: the times of ops. Out: a table for the terminal, a chart as SVG and JSON. Must not know: files, how the times were
 * taken. Start here: {@link dev.nnd.compiler.cli.profile.ProfileReport}.
 */
@NullMarked
package dev.nnd.compiler.cli.profile;

import org.jspecify.annotations.NullMarked;
