package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which products are computed in bfloat16 where that is asked for. To have instructions for it is not to gain by them: those of AMX do four times the work of
 * an f32 instruction and more, and AVX512-BF16 does twice the work on AMD (Zen 4 and 5), but on Intel's cores such an instruction starts so seldom that a product
 * takes twice as long as in f32 (155 against 82 GFLOP/s on an Emerald Rapids whose AMX is hidden). What is left there is memory: a product of one row is as
 * fast as its weights are read, and in bfloat16 they have half the bytes.
 *
 * <p>The processor's vendor and flags decide, and no stopwatch: the same machine always computes the same numbers. Nobody has measured Cooper Lake for us,
 * Intel's one older family with AVX512-BF16; the system property {@code nnd.bf16} has the last word: {@code on}, {@code rows} or {@code off}.
 */
enum NarrowProducts {
    /** All whose sums are long enough. */
    ALL,

    /** Those of one row with many weights that nobody trains; the others are computed in f32, with f32 weights. */
    ROWS,

    /** None: f32. */
    NONE;

    static final String PROPERTY = "nnd.bf16";

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    /** Does not change while the process runs. */
    private static final class Here {
        static final NarrowProducts PAYING = paying(processors());

        private Here() {}
    }

    /** What pays on this processor, which has instructions for bfloat16. */
    static NarrowProducts paying() {
        return Here.PAYING;
    }

    /**
     * What pays on a processor that has instructions for bfloat16.
     *
     * @param processors the lines of Linux's {@code /proc/cpuinfo}, of which the first processor's count; elsewhere none, and then
     *     what the instructions are for is believed
     */
    static NarrowProducts paying(List<String> processors) {
        boolean intel = words(processors, "vendor_id").contains("GenuineIntel");
        return intel && !words(processors, "flags").contains("amx_bf16") ? ROWS : ALL;
    }

    /**
     * What the system property asks for.
     *
     * @return null if it is not set
     * @throws NndException if it is none of its words
     */
    static @Nullable NarrowProducts forced() {
        String word = System.getProperty(PROPERTY);
        if (word == null) {
            return null;
        }
        return switch (word) {
            case "on" -> ALL;
            case "rows" -> ROWS;
            case "off" -> NONE;
            default ->
                throw new NndException(
                        "The system property " + PROPERTY + " is \"" + word + "\".",
                        "use on (all products), rows (those of one row of a prediction) or off (f32); without it the processor decides",
                        null);
        };
    }

    private static Set<String> words(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> Set.copyOf(
                        Stream.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+", -1))
                                .distinct()
                                .toList()))
                .orElse(Set.of());
    }

    private static List<String> processors() {
        try {
            return Files.readAllLines(PROCESSORS, StandardCharsets.ISO_8859_1);
        } catch (IOException notLinux) {
            return List.of();
        }
    }
}
