package dev.nnd.runtime.kernel;

import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.kernel.packed.JavaProvider;
import java.lang.System.Logger.Level;

/** The provider in Java where there is no oneDNN. Loading this class says so once. */
final class Fallback {

    static {
        System.getLogger(Provider.class.getName())
                .log(
                        Simd.AVAILABLE ? Level.INFO : Level.WARNING,
                        "oneDNN does not work on this machine ({0}); kernels in Java run instead{1}.",
                        OneDnnProvider.failure().orElse(""),
                        Simd.AVAILABLE
                                ? ""
                                : ", slowly: start the JVM with --add-modules jdk.incubator.vector for fast ones");
    }

    private Fallback() {}

    static Provider java(int threads) {
        return new JavaProvider(threads);
    }
}
