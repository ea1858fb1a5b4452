package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where it was measured.
 *
 * @param load the system's load average at the end
 */
record Machine(String processor, int cores, boolean avx512, String flags, String system, String java, String load) {

    private static final List<String> NOTABLE =
            List.of("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16");

    static Machine here() throws IOException {
        List<String> lines =
                Files.exists(Path.of("/proc/cpuinfo")) ? Files.readAllLines(Path.of("/proc/cpuinfo")) : List.of();
        List<String> flags = List.of(value(lines, "flags").split(" ", -1));
        return new Machine(
                value(lines, "model name"),
                Runtime.getRuntime().availableProcessors(),
                flags.contains("avx512f"),
                String.join(" ", NOTABLE.stream().filter(flags::contains).toList()),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                loadNow());
    }

    private static String loadNow() throws IOException {
        Path file = Path.of("/proc/loadavg");
        return Files.exists(file) ? Files.readString(file).split(" ", 2)[0] : "unknown";
    }

    private static String value(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
