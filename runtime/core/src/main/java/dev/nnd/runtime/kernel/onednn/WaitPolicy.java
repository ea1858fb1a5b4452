package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/**
 * How long a thread of GNU OpenMP spins before it sleeps. The library reads that once, while it is loaded, and its
 * default is milliseconds, which stalls every parallel region on a machine that has other work. So a short spin is in
 * the environment meanwhile, unless the user has chosen one.
 *
 * @see <a href="https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html">GOMP_SPINCOUNT</a>
 */
@SuppressWarnings("restricted") // it loads a library and calls setenv
final class WaitPolicy {

    private static final String SPIN = "GOMP_SPINCOUNT";
    private static final String SPIN_ITERATIONS = "1000";

    private WaitPolicy() {}

    /** Loads the library with a short spin. */
    static SymbolLookup load(Path openMp) {
        var system = Linker.nativeLinker().defaultLookup();
        var set = system.find("setenv");
        var unset = system.find("unsetenv");
        boolean chosen = System.getenv(SPIN) != null || System.getenv("OMP_WAIT_POLICY") != null;
        if (chosen || set.isEmpty() || unset.isEmpty()) {
            return SymbolLookup.libraryLookup(openMp, Arena.global());
        }
        try (var arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(SPIN).address();
            long value = arena.allocateFrom(SPIN_ITERATIONS).address();
            require((int) NativeCalls.call(set.get(), name, value, 1, 0));
            try {
                return SymbolLookup.libraryLookup(openMp, Arena.global());
            } finally {
                require((int) NativeCalls.call(unset.get(), name, 0, 0, 0));
            }
        }
    }

    private static void require(int status) {
        if (status != 0) {
            throw new IllegalStateException("the environment can't be changed");
        }
    }
}
