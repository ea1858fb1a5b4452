package dev.nnd.runtime.kernel.onednn;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A process in which two threads of OpenMP must meet: says so, and what its environment is. */
final class Meeting {

    private Meeting() {}

    public static void main(String[] arguments) {
        var both = new CountDownLatch(2);
        OpenMpTeam.of(2)
                .run(
                        (part, slot) -> {
                            both.countDown();
                            try {
                                both.await(300, TimeUnit.SECONDS);
                            } catch (InterruptedException interrupted) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        2);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (both.getCount() > 0) {
            out.println("one alone");
            System.exit(1);
        }
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("OMP_")) {
                out.println("both, and " + name + " is still " + value);
            }
        });
    }
}
