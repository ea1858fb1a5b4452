package dev.nnd.compiler.emit.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The bodies of one kernel's methods.
 *
 * @param scalar plain loops
 * @param vector Vector API loops; null where plain loops serve
 */
record KernelLoops(String scalar, @Nullable String vector) {

    /** The same methods after these statements. */
    KernelLoops after(String statements) {
        return new KernelLoops(statements + scalar, vector == null ? null : statements + vector);
    }
}
