package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.memory.ElementType;
import org.junit.jupiter.api.Test;

/** Programs that want weights in the same order share one copy, so the same orders must be equal. */
class PackedFormTest {

    @Test
    void theSameOrderIsEqualWheneverItIsMade() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
        var form = rows(ElementType.BF16, 513);
        for (int i = 1; i < 50; i++) {
            assertNotEquals(form, rows(ElementType.BF16, 513 + i));
            assertNotEquals(form, rows(ElementType.F32, 513));
            var again = rows(ElementType.BF16, 513);
            assertEquals(form, again);
            assertEquals(form.hashCode(), again.hashCode());
        }
    }

    private static PackedForm rows(ElementType type, long count) {
        try (var handles = new DnnlHandles()) {
            return PackedForm.of(new Descriptors(handles).plain(type, count, 768));
        }
    }
}
