package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.ParameterCount;
import dev.nnd.compiler.typed.TypedModel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checking takes time linear in the size of a text. What would be quadratic or exponential does not end in the generous
 * time here; {@code figures()}, which is tagged {@code benchmark}, prints times for sizes that double.
 */
class LinearTimeTest {

    /** Texts that grow with a number. */
    enum Growing {
        STAGES(n -> "model Net {\n  input x: f32[N, 16]\n  output y = x" + "\n    -> Dense(16) -> relu".repeat(n)
                + "\n}\n"),
        REPEAT(n -> "model Net {\n  input x: f32[N, 16]\n  output y = x -> Dense(16) * " + n + "\n}\n"),
        LOOP(n -> "model Net {\n  input x: f32[N, 16]\n  var h = x\n  for i in 0.." + n
                + " {\n    h = h + relu(h -> Dense(16))\n  }\n  output h\n}\n"),
        CONVOLUTIONS(n -> "model Net {\n  input x: f32[N, 3, H, W]\n  output y = x"
                + "\n    -> Conv2d(3, kernel: 3) -> relu".repeat(n) + "\n}\n"),
        BLOCKS(n -> IntStream.range(0, n)
                .mapToObj(i -> "block B" + i + "(out: int = 8) {\n  input x: f32[N, D]\n  output x -> Dense(out)\n}\n"
                        + "model M" + i + " {\n  input x: f32[N, 8]\n  output y = x -> B" + i + "()\n}\n")
                .collect(Collectors.joining())),
        UNUSED_BLOCKS(n -> IntStream.range(0, n)
                .mapToObj(i -> "block B" + i
                        + "(out: int) {\n  input x: f32[N, D]\n  output x -> Dense(out) -> Dense(D) + x\n}\n")
                .collect(Collectors.joining())),
        REQUIRES(n -> "model Net {\n  input x: f32[N, T]\n"
                + IntStream.range(0, n)
                        .mapToObj(i -> "  require T != " + (i * 7 + 100) + "\n")
                        .collect(Collectors.joining())
                + "  output y = relu(x)\n}\n"),
        LETS(n -> "model Net {\n  input x: f32[N, 16]\n  let v0 = x\n"
                + IntStream.range(1, n)
                        .mapToObj(i -> "  let v" + i + " = v" + (i - 1) + " + x\n")
                        .collect(Collectors.joining())
                + "  output y = v" + (n - 1) + "\n}\n"),
        WRONG_STAGES(n -> "model Net {\n  input x: f32[N, 16]\n"
                + IntStream.range(0, n)
                        .mapToObj(i -> "  let a" + i + " = relu(x) -> matmul(x)\n")
                        .collect(Collectors.joining())
                + "  output y = x\n}\n");

        private final IntFunction<String> text;

        Growing(IntFunction<String> text) {
            this.text = text;
        }
    }

    @ParameterizedTest
    @EnumSource(Growing.class)
    void aThousandOfAKindEnd(Growing growing) {
        String text = growing.text.apply(1000);
        assertTimeoutPreemptively(Duration.ofSeconds(1200), () -> Checks.check(text));
    }

    /** 2^50 instances: each distinct block is checked, and counted, once. */
    @Test
    void blocksNestedFiftyDeepAreCheckedOnce() {
        Checked checked =
                assertTimeoutPreemptively(Duration.ofSeconds(1200), () -> Checks.check(nested("relu(x)", "16")));
        assertEquals("", Checks.render(checked.diagnostics()));
        TypedModel net = checked.program().models().getFirst();
        assertEquals(Dim.of(272L << 49), ParameterCount.of(net.block()));
    }

    @Test
    void aMistakeFiftyBlocksDeepIsFoundInTime() {
        Checked checked =
                assertTimeoutPreemptively(Duration.ofSeconds(1200), () -> Checks.check(nested("matmul(x, x)", "16")));
        assertEquals(
                List.of("NND0304"),
                codes(checked).stream().distinct().toList(),
                () -> Checks.render(checked.diagnostics()));
    }

    @Test
    void unusedBlocksNestedFiftyDeepAreCheckedOnce() {
        String text = nested("relu(x)", "16").replace("model Net", "block Net");
        Checked checked = assertTimeoutPreemptively(Duration.ofSeconds(1200), () -> Checks.check(text));
        assertEquals(List.of(), codes(checked));
    }

    private static List<String> codes(Checked checked) {
        return checked.diagnostics().stream().map(d -> d.code()).toList();
    }

    private static String nested(String innermost, String width) {
        var text = new StringBuilder("block B0 {\n  input x: f32[N, D]\n  output " + innermost + " -> Dense(D)\n}\n");
        for (int i = 1; i < 50; i++) {
            text.append("block B" + i + " {\n  input x: f32[N, D]\n  output x -> B" + (i - 1) + "() -> B" + (i - 1)
                    + "()\n}\n");
        }
        return text + "model Net {\n  input x: f32[N, " + width + "]\n  output y = x -> B49()\n}\n";
    }

    /**
     * Prints processor time, so that other work on the machine does not count:
     * {@code mvn test -pl compiler -am -Dtest=LinearTimeTest#figures -DexcludedGroups=slow -Dsurefire.failIfNoSpecifiedTests=false}.
     */
    @Test
    @Tag("benchmark")
    void figures() {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        var table = new StringBuilder(
                String.format("%-16s%10s%10s%10s%10s  ms of processor time%n", "", 250, 500, 1000, 2000));
        for (Growing growing : Growing.values()) {
            table.append(String.format("%-16s", growing));
            for (int n : List.of(250, 500, 1000, 2000)) {
                String text = growing.text.apply(n);
                Checks.check(text);
                long best = Long.MAX_VALUE;
                for (int i = 0; i < 5; i++) {
                    long start = clock.getCurrentThreadCpuTime();
                    Checks.check(text);
                    best = Math.min(best, clock.getCurrentThreadCpuTime() - start);
                }
                table.append(String.format("%10d", best / 1_000_000));
            }
            table.append('\n');
        }
        System.out.println(table);
        assertTrue(table.length() > 0);
    }
}
