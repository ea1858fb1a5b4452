package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What GNU OpenMP is told in its environment, which it reads once, while it is loaded.
 *
 * <p>How long a thread spins before it sleeps: the default is milliseconds, and where threads of a team share a processor, as
 * they do on a machine that has other work, each parallel region then takes as long. A spin of some 50 microseconds, twice
 * what it takes to wake a thread, is the choice here, unless the user has made one. OpenMP counts turns, and how long one takes depends on the
 * processor.
 *
 * <p>That an op gets the threads it asks for: with fewer, oneDNN's ops wait for ever for the others, or leave their work
 * undone.
 *
 * @see <a href="https://gcc.gnu.org/onlinedocs/libgomp/Environment-Variables.html">its environment variables</a>
 */
@SuppressWarnings("restricted") // it loads a library and calls setenv
final class OpenMpSettings {

    private static final String SPIN = "GOMP_SPINCOUNT";
    private static final String TURNS = "1000";
    /** Where a turn takes 18 ns (an Intel server of 2023) and not about 50: 60 us, the time between two predictions included. */
    private static final String SHORT_TURNS = "3400";
    /** Bytes of a processor's own cache that tell that kind of server from others with the same instructions. */
    private static final long LARGE_CACHE = 2L << 20;

    private static final String WAIT_POLICY = "OMP_WAIT_POLICY";
    private static final List<String> FEWER_THREADS =
            List.of("OMP_DYNAMIC", "OMP_THREAD_LIMIT", "OMP_MAX_ACTIVE_LEVELS", "OMP_NESTED");

    private OpenMpSettings() {}

    /** Loads the library with these settings; the environment is the same afterwards. */
    static SymbolLookup load(Path openMp) {
        var system = Linker.nativeLinker().defaultLookup();
        Optional<MemorySegment> set = system.find("setenv");
        Optional<MemorySegment> unset = system.find("unsetenv");
        if (set.isEmpty() || unset.isEmpty()) {
            return SymbolLookup.libraryLookup(openMp, Arena.global());
        }
        Map<String, @Nullable String> other =
                changes(System.getenv(), turns(OwnCache.BYTES, System.getProperty("os.arch")));
        try {
            other.forEach((name, value) -> put(set.get(), unset.get(), name, value));
            return SymbolLookup.libraryLookup(openMp, Arena.global());
        } finally {
            other.keySet().forEach(name -> put(set.get(), unset.get(), name, System.getenv(name)));
        }
    }

    /** How many turns a thread waits on a processor with so many bytes of cache to itself. */
    static String turns(long cache, String architecture) {
        boolean x86 = Set.of("amd64", "x86_64").contains(architecture.toLowerCase(Locale.ROOT));
        return x86 && cache >= LARGE_CACHE ? SHORT_TURNS : TURNS;
    }

    /** What is to be otherwise than in an environment; null is not there. */
    static Map<String, @Nullable String> changes(Map<String, String> environment, String turns) {
        var changes = new HashMap<String, @Nullable String>();
        if (!environment.containsKey(SPIN) && !environment.containsKey(WAIT_POLICY)) {
            changes.put(SPIN, turns);
        }
        for (String name : FEWER_THREADS) {
            if (environment.containsKey(name)) {
                changes.put(name, null);
            }
        }
        return changes;
    }

    private static void put(MemorySegment set, MemorySegment unset, String name, @Nullable String value) {
        try (var arena = Arena.ofConfined()) {
            long at = arena.allocateFrom(name).address();
            long status = value == null
                    ? NativeCalls.call(unset, at, 0, 0, 0)
                    : NativeCalls.call(set, at, arena.allocateFrom(value).address(), 1, 0);
            if ((int) status != 0) {
                throw new IllegalStateException("the environment can't be changed");
            }
        }
    }
}
