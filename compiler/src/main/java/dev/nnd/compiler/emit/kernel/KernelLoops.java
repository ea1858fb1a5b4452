package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Lines;
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

    /** The same methods; in that case the vectors leave all to the plain loops. */
    KernelLoops unless(String condition, Signature signature) {
        if (vector == null) {
            return this;
        }
        String call = "super." + KernelSource.NAME + "(" + signature.arguments("from") + ")";
        var lines = new Lines()
                .open("if (" + condition + ")")
                .add(call)
                .add("return")
                .close();
        return new KernelLoops(scalar, lines + vector);
    }
}
