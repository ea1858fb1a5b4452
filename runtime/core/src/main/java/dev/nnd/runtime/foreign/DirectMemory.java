package dev.nnd.runtime.foreign;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** How much memory outside the heap the JVM allows: as much as the heap may have, unless a flag says otherwise. */
final class DirectMemory {

    private DirectMemory() {}

    /** Whether so much may be there at a time. */
    static boolean allows(long bytes) {
        return bytes <= Runtime.getRuntime().maxMemory() || bytes <= Flag.BYTES;
    }

    /** Read only if it matters, since that takes tens of milliseconds. */
    private static final class Flag {
        private static final long BYTES = read();

        private static long read() {
            try {
                var machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
                return machine == null
                        ? 0
                        : Long.parseLong(
                                machine.getVMOption("MaxDirectMemorySize").getValue());
            } catch (IllegalArgumentException | LinkageError unknown) {
                return 0;
            }
        }
    }
}
