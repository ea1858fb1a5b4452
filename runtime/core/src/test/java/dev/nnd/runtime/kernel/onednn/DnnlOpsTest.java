package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DnnlOpsTest {

    @Test
    void threadsShareWhatTakesLongerThanTheirMeeting() {
        // A step of an LSTM with 32 examples, 64 wide; a dense layer of 784 x 512 at batch 1, which is all weights; the
        // same at batch 64, which is all products.
        assertTrue(DnnlOps.isLittle(32.0 * 64 * 256, 4.0 * (32 * 64 + 64 * 256)));
        assertFalse(DnnlOps.isLittle(784.0 * 512, 4.0 * (784 + 784 * 512)));
        assertFalse(DnnlOps.isLittle(64.0 * 784 * 512, 4.0 * (64 * 784 + 784 * 512)));
        assertTrue(DnnlOps.isLittle(0, 0));
    }
}
