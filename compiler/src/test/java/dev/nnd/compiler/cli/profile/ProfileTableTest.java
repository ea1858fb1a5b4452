package dev.nnd.compiler.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.profile.Ceiling;
import dev.nnd.runtime.profile.OpTime;
import dev.nnd.runtime.profile.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers that can be checked by hand: 10 runs of 2 ms each. */
class ProfileTableTest {

    private static OpTime op(String name, long nanos, long flops, long bytes) {
        return new OpTime(new Profile.Site("Step", name, "kernel", "a.nnd:3"), 10, nanos, flops, bytes);
    }

    private static ProfileReport report() {
        return new ProfileReport(
                "Fit <1>",
                10,
                32,
                2,
                "onednn",
                3 << 20,
                List.of(
                        new ProfileReport.Part("data", 1_000_000),
                        new ProfileReport.Part("forward and backward", 19_000_000)),
                4_000_000,
                List.of(
                        op("dense", 10_000_000, 500_000_000, 10_000_000),
                        op("relu", 5_000_000, 5_000_000, 40_000_000),
                        op("mean", 1_000_000, 0, 0),
                        op("fill", 1_000_000, 0, 0)),
                new Ceiling(100, 10));
    }

    @Test
    void table() {
        assertEquals("""
                Fit <1>: 10 runs of 32 examples, 2 threads, onednn, arena 3.0 MiB
                this machine now: 100 GFLOP/s in a product of matrices, 10 GB/s in a copy

                data                       0.100 ms    5.0 %  █
                forward and backward       1.900 ms   95.0 %  ███████████████████
                a run                      2.000 ms  100.0 %  ████████████████████

                examples a second: the loader alone makes 80,000, the steps took 16,000

                 share     ms  calls  GFLOP/s  GB/s        of peak  op        computed by  line
                50.0 %  1.000      1     50.0   1.0  50.0 % flops   dense     kernel       a.nnd:3
                25.0 %  0.500      1      1.0   8.0  80.0 % memory  relu      kernel       a.nnd:3
                10.0 %  0.200                                       2 others
                """, ProfileTable.write(report(), 2));
    }

    @Test
    void chart() {
        String svg = ProfileChart.write(report());
        assertTrue(svg.contains("Fit &lt;1&gt;"), svg);
        assertTrue(svg.contains("50.0 %, 1.000 ms, 50 GFLOP/s"), svg);
        // The longest bar is 480 wide, and half of it is reached; the second is half as long, 80 % of it by memory.
        assertTrue(
                svg.contains("width=\"480.0\"") && svg.contains("width=\"240.0\" height=\"16\" fill=\"#2f6fc4\""), svg);
        assertTrue(svg.contains("width=\"192.0\" height=\"16\" fill=\"#e08a1e\""), svg);
    }
}
