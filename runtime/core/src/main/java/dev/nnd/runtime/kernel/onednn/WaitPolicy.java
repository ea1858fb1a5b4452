package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

/**
 * How long a thread of GNU OpenMP spins before it sleeps. The library reads that once, while it is loaded, and its
 * default is milliseconds, which stalls every parallel region on a machine that has other work. So a short spin is in
 * the environment meanwhile, unless the user has chosen one.
 *
 * @see <a href="https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html">GOMP_SPINCOUNT</a>
 */
@SuppressWarnings("restricted") // it calls setenv
final class WaitPolicy {

    private static final String SPIN = "GOMP_SPINCOUNT";
    private static final String SPIN_ITERATIONS = "20000";
    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor SETENV =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final FunctionDescriptor UNSETENV = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);

    private WaitPolicy() {}

    /** Loads the library with a short spin. */
    static SymbolLookup around(Supplier<SymbolLookup> load) {
        var set = LINKER.defaultLookup().find("setenv");
        var unset = LINKER.defaultLookup().find("unsetenv");
        boolean chosen = System.getenv(SPIN) != null || System.getenv("OMP_WAIT_POLICY") != null;
        if (chosen || set.isEmpty() || unset.isEmpty()) {
            return load.get();
        }
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(SPIN);
            require(set(set.get(), name, arena.allocateFrom(SPIN_ITERATIONS)));
            try {
                return load.get();
            } finally {
                require(unset(unset.get(), name));
            }
        }
    }

    private static int set(MemorySegment setenv, MemorySegment name, MemorySegment value) {
        try {
            return (int) LINKER.downcallHandle(setenv, SETENV).invokeExact(name, value, 1);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }

    private static int unset(MemorySegment unsetenv, MemorySegment name) {
        try {
            return (int) LINKER.downcallHandle(unsetenv, UNSETENV).invokeExact(name);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }

    private static void require(int status) {
        if (status != 0) {
            throw new IllegalStateException("the environment can't be changed");
        }
    }
}
