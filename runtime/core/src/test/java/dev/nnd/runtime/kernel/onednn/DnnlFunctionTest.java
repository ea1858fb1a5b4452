package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.foreign.NativeCalls;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link NativeCalls} relies on. */
class DnnlFunctionTest {

    @ParameterizedTest
    @EnumSource
    void intsArePassedInRegisters(DnnlFunction function) {
        assertTrue(function.signature().lastIndexOf('i') < NativeCalls.IN_REGISTERS_OR_SLOTS);
    }

    @ParameterizedTest
    @EnumSource
    void hasNoMoreArgumentsThanAreGiven(DnnlFunction function) {
        long floats = function.signature().chars().filter(c -> c == 'f').count();
        assertTrue(floats <= NativeCalls.MOST_FLOATS);
        assertTrue(function.signature().length() - floats <= NativeCalls.MOST);
    }
}
