/**
 * In: all modules. Out: what spans them: rules of the house, the whole road, golden files.
 * Must not know: what a single module can test alone. Start here: {@code ArchitectureTest}.
 */
@NullMarked
package dev.nnd.tests;

import org.jspecify.annotations.NullMarked;
