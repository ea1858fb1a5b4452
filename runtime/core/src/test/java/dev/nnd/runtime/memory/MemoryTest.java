package dev.nnd.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import java.lang.foreign.ValueLayout;
import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class MemoryTest {

    private static final class Recorder extends Handler {
        private final List<LogRecord> records = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            records.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        private List<String> of(String owner) {
            return records.stream()
                    .map(entry -> MessageFormat.format(entry.getMessage(), entry.getParameters()))
                    .filter(message -> message.contains(owner))
                    .toList();
        }
    }

    @Test
    void segmentsAreAlignedAndZero() {
        try (var memory = Memory.open("a test")) {
            memory.allocate(3);
            var segment = memory.allocate(1000);
            assertEquals(0, segment.address() % Memory.ALIGNMENT);
            for (byte b : segment.toArray(ValueLayout.JAVA_BYTE)) {
                assertEquals(0, b);
            }
            assertEquals(1003, memory.bytes());
        }
    }

    @Test
    void saysPlainlyThatItIsClosed() {
        var memory = Memory.open("Digits");
        var order = new StringBuilder();
        memory.beforeClose(() -> order.append("first"));
        memory.beforeClose(() -> order.append("second "));
        memory.close();
        memory.close();
        assertEquals("second first", order.toString());
        assertTrue(memory.closed());
        var problem = assertThrows(NndException.class, memory::requireOpen);
        assertEquals("Digits is closed and can't be used any more.", problem.getMessage());
        assertThrows(NndException.class, () -> memory.allocate(1));
    }

    @Test
    void aForgottenOneIsFreedAndReportedOnceWithItsPlace() throws InterruptedException {
        var logger = Logger.getLogger(Memory.class.getName());
        var recorder = new Recorder();
        logger.addHandler(recorder);
        logger.setUseParentHandlers(false);
        try {
            var segment = Memory.open("The forgotten").allocate(4096);
            // When the collector and the cleaner's thread run is theirs to say.
            long deadline = System.nanoTime() + 600_000_000_000L;
            while ((segment.scope().isAlive() || recorder.of("The forgotten").isEmpty())
                    && System.nanoTime() < deadline) {
                System.gc();
                Thread.sleep(10);
            }
            assertTrue(!segment.scope().isAlive(), "the cleaner has not freed it");
            var messages = recorder.of("The forgotten");
            assertEquals(1, messages.size(), messages::toString);
            assertTrue(messages.getFirst().contains("4096"), messages::toString);
            assertTrue(messages.getFirst().contains("It was made at"), messages::toString);
        } finally {
            logger.removeHandler(recorder);
            logger.setUseParentHandlers(true);
        }
    }

    @Test
    void aTensorWithoutMemorySaysSo() {
        var tensor = Tensor.rowMajor("logits", ElementType.F32, 2, 3);
        var problem = assertThrows(IllegalStateException.class, tensor::segment);
        assertTrue(String.valueOf(problem.getMessage()).startsWith("logits F32[2, 3] has no memory"));
        assertEquals(6, tensor.storedElements());
        assertThrows(IllegalArgumentException.class, () -> Tensor.rowMajor("x", ElementType.F32, -1));
    }
}
