package dev.nnd.runtime.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.nnd.runtime.data.Format;
import dev.nnd.runtime.data.SourceSpec;
import dev.nnd.runtime.data.TestDatasets;
import dev.nnd.runtime.data.TestFiles;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the thread that trains and the one that reads take from the heap. */
class TrainerAllocationTest extends LinearRuns {
    @Test
    void aStepAllocatesNothingOnTheHeap() {
        var text = new StringBuilder("x,y,kind\n");
        var random = new Random(1);
        for (int i = 0; i < 60_000; i++) {
            text.append(random.nextFloat())
                    .append(',')
                    .append(random.nextFloat())
                    .append(",a\n");
        }
        TestFiles.write(folder.resolve("big.csv"), text.toString());
        var source = new SourceSpec("train", Format.CSV, List.of("big.csv"), TestDatasets.Table.columns());
        var data = new TestDatasets.Table(List.of(source), List.of(), KINDS, true);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var others = Thread.getAllStackTraces().keySet();
        var listener = new ProgressListener() {
            private final long[] ids = new long[2];
            private long before;
            private long after;

            @Override
            public void batch(TrainingProgress progress) {
                if (progress.step() == 3000) {
                    ids[0] = Thread.currentThread().threadId();
                    ids[1] = Thread.getAllStackTraces().keySet().stream()
                            .filter(t -> t.getName().equals("nnd Rows.train") && !others.contains(t))
                            .findFirst()
                            .orElseThrow()
                            .threadId();
                } else if (progress.step() == 4000) {
                    before = allocated();
                } else if (progress.step() == 5990) {
                    after = allocated();
                }
            }

            private long allocated() {
                var bytes = threads.getThreadAllocatedBytes(ids);
                return bytes[0] + bytes[1];
            }
        };
        // Until the steps are compiled, for which the machine gets processor time and not seconds.
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long end = system.getProcessCpuTime() + TimeUnit.SECONDS.toNanos(240);
        long bytes = Long.MAX_VALUE;
        for (int run = 0; bytes >= 1990 && system.getProcessCpuTime() < end; run++) {
            try (var program = new LinearProgram(data, LinearProgram.settings(1, 10, 1e-3, Optional.empty()))) {
                Trainer.train(program, options("run" + run), listener);
            }
            bytes = listener.after - listener.before;
        }
        // Asking takes some bytes itself; one object in each step would be 16 bytes or more.
        assertTrue(bytes < 1990, bytes + " bytes in 1990 steps");
    }
}
