package dev.nnd.runtime.kernel;

import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.kernel.packed.JavaProvider;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** What runs where something faster does not, each said once in the log. */
final class Fallback {

    private static final System.Logger LOG = System.getLogger(Provider.class.getName());
    private static final AtomicBoolean SAID_JAVA = new AtomicBoolean();
    private static final Set<Precision> SAID_PRECISION = ConcurrentHashMap.newKeySet();

    private Fallback() {}

    /** The provider in Java where there is no oneDNN. */
    static Provider java(int threads) {
        if (SAID_JAVA.compareAndSet(false, true)) {
            LOG.log(
                    Simd.AVAILABLE ? Level.INFO : Level.WARNING,
                    "oneDNN does not work on this machine ({0}); kernels in Java run instead{1}.",
                    OneDnnProvider.failure().orElse(""),
                    Simd.AVAILABLE
                            ? ""
                            : ", slowly: start the JVM with --add-modules jdk.incubator.vector for fast ones");
        }
        return new JavaProvider(threads);
    }

    static void precision(String provider, Precision wanted) {
        if (SAID_PRECISION.add(wanted)) {
            LOG.log(
                    Level.INFO,
                    "{0} can''t compute in {1} on this machine; it computes in f32, which is no less exact.",
                    provider,
                    wanted.name().toLowerCase(Locale.ROOT));
        }
    }
}
