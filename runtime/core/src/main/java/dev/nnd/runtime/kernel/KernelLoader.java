package dev.nnd.runtime.kernel;

import java.util.function.Supplier;

/**
 * Chooses between the scalar kernels of a program and their Vector API twin. Class {@code a.b.FooKernels} has the twin
 * {@code a.b.FooVectorKernels}, a subclass with a constructor without arguments. The one reflective spot of the runtime.
 */
public final class KernelLoader {

    private static final String SUFFIX = "Kernels";

    private KernelLoader() {}

    /** The twin if the JVM has the Vector API and the class is there, else what {@code fallback} makes. */
    public static <K> K load(Class<K> scalar, Supplier<K> fallback) {
        if (!Simd.AVAILABLE || !scalar.getName().endsWith(SUFFIX)) {
            return fallback.get();
        }
        String name = scalar.getName();
        String twin = name.substring(0, name.length() - SUFFIX.length()) + "Vector" + SUFFIX;
        try {
            var constructor = Class.forName(twin, true, scalar.getClassLoader())
                    .asSubclass(scalar)
                    .getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ClassNotFoundException absent) {
            return fallback.get();
        } catch (ReflectiveOperationException broken) {
            throw new LinkageError(twin + " does not fit " + name + "; build both with the same version", broken);
        }
    }
}
