package dev.nnd.runtime.kernel;

import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.kernel.reference.ReferenceProvider;
import java.lang.System.Logger.Level;

/** The reference provider where nothing faster works. Loading this class says so once, since it is much slower. */
final class Fallback {

    static {
        System.getLogger(Provider.class.getName())
                .log(
                        Level.WARNING,
                        "oneDNN does not work on this machine ({0}); the slow reference kernels run instead.",
                        OneDnnProvider.failure().orElse(""));
    }

    private Fallback() {}

    static Provider reference() {
        return new ReferenceProvider();
    }
}
