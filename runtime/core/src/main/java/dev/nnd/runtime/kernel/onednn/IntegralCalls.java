package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Calls of C functions that take pointers and ints and return a status. Functions with equally many arguments share what calls them, with longs for
 * all: the JVM needs milliseconds to make one, and a first prediction needs some twenty functions. Where ints are among the first eight arguments, as
 * in all functions here, the calling conventions of all 64-bit platforms with a oneDNN binary pass them like longs, and the callee reads the lower half.
 */
final class IntegralCalls {

    /** No int may stand behind so many arguments: from there on they lie on the stack, which macOS packs. */
    static final int IN_REGISTERS_OR_SLOTS = 8;

    private static final int MOST = 16;
    private static final AtomicReferenceArray<MethodHandle> BY_COUNT = new AtomicReferenceArray<>(MOST + 1);

    private IntegralCalls() {}

    /** Calls the function at an address with arguments that are longs or ints. */
    static int call(MemorySegment function, Object[] arguments) throws Throwable {
        var longs = new long[arguments.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = ((Number) arguments[i]).longValue();
        }
        return (int) caller(longs.length).invokeExact(function, longs);
    }

    private static MethodHandle caller(int count) {
        MethodHandle known = BY_COUNT.get(count);
        if (known == null) {
            var longs = Collections.nCopies(count, ValueLayout.JAVA_LONG).toArray(MemoryLayout[]::new);
            known = DnnlLibrary.caller(FunctionDescriptor.of(ValueLayout.JAVA_INT, longs))
                    .asSpreader(long[].class, count);
            BY_COUNT.set(count, known);
        }
        return known;
    }
}
