package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DnnlFunctionTest {

    /** What {@link IntegralCalls} relies on. */
    @ParameterizedTest
    @EnumSource
    void intsArePassedInRegisters(DnnlFunction function) {
        assertTrue(function.signature().lastIndexOf('i') < IntegralCalls.IN_REGISTERS_OR_SLOTS);
    }
}
