package dev.nnd.runtime.foreign;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Locale;

/**
 * Calls of C functions, all by one method handle: the JVM needs tens of milliseconds to make one for a kind of function, and a first prediction needs
 * functions of a dozen kinds. So all get as many pointers as the longest takes, and two floats. That is sound on all 64-bit platforms with a oneDNN
 * binary: the caller clears the stack, so arguments that a function does not have are not seen; where ints are among the first eight arguments, as in
 * all functions here, they are passed like longs, and the callee reads the lower half; and floats have registers of their own. The last is not so on
 * Windows, where {@link #FLOATS} is false. A result shorter than a long is in the lower half; what is above it means nothing.
 */
@SuppressWarnings("restricted") // calling native code is what this class is for
public final class NativeCalls {

    /** No int may stand behind so many arguments: from there on they lie on the stack, which macOS packs. */
    public static final int IN_REGISTERS_OR_SLOTS = 8;

    /** The most arguments but floats. */
    public static final int MOST = 13;

    /** The most floats. */
    public static final int MOST_FLOATS = 2;

    /** Whether functions that take floats can be called. */
    public static final boolean FLOATS =
            !System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

    private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(kind());

    private NativeCalls() {}

    private static FunctionDescriptor kind() {
        var arguments = new MemoryLayout[MOST + MOST_FLOATS];
        Arrays.fill(arguments, 0, MOST, ValueLayout.JAVA_LONG);
        Arrays.fill(arguments, MOST, arguments.length, ValueLayout.JAVA_FLOAT);
        return FunctionDescriptor.of(ValueLayout.JAVA_LONG, arguments);
    }

    /**
     * Calls the function at an address.
     *
     * @param longs its pointers and ints, {@link #MOST} places
     * @param floats its floats, {@link #MOST_FLOATS} places
     */
    public static long call(MemorySegment function, long[] longs, float[] floats) {
        try {
            return (long) CALL.invokeExact(
                    function, longs[0], longs[1], longs[2], longs[3], longs[4], longs[5], longs[6], longs[7], longs[8],
                    longs[9], longs[10], longs[11], longs[12], floats[0], floats[1]);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }

    /** Calls a function of at most four pointers and ints; allocates nothing. */
    public static long call(MemorySegment function, long first, long second, long third, long fourth) {
        try {
            return (long) CALL.invokeExact(
                    function, first, second, third, fourth, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0f, 0f);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }
}
