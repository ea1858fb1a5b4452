package dev.nnd.runtime.kernel;

/** Whether this JVM was started with the Vector API. */
public final class Simd {

    /** True if {@code --add-modules jdk.incubator.vector} is in effect. */
    public static final boolean AVAILABLE =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    private Simd() {}
}
