/**
 * In: a Maven project with .nnd files. Out: Java sources in its build, errors where IDEs and CI look for them.
 * Must not know: the compiler's classes; it starts the {@code nnd} command in a JDK 25 and reads its JSON lines.
 * Start here: {@link dev.nnd.maven.GenerateMojo}.
 */
@NullMarked
package dev.nnd.maven;

import org.jspecify.annotations.NullMarked;
