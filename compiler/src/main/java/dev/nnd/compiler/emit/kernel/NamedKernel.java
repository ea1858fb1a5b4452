package dev.nnd.compiler.emit.kernel;

import java.util.Set;
import java.util.TreeSet;

/** A kernel with its place in the generated classes, and the lines of the .nnd file that use it. */
final class NamedKernel {

    private final String className;
    private final String name;
    private final KernelSource source;
    private final Set<String> places = new TreeSet<>();

    NamedKernel(String className, String name, KernelSource source) {
        this.className = className;
        this.name = name;
        this.source = source;
    }

    String className() {
        return className;
    }

    String name() {
        return name;
    }

    KernelSource source() {
        return source;
    }

    /** True if a step of a program is this kernel, and threads may share it; updates are shared by those who call them. */
    boolean isShared() {
        return !places.isEmpty() && source.signature().share().isPossible();
    }

    void usedAt(String place) {
        places.add(place);
    }

    /** {@code mnist_cnn.nnd:9}, in alphabetical order. */
    Set<String> places() {
        return places;
    }
}
