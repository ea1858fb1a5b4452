package dev.nnd.runtime.kernel.onednn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The largest cache that a processor has to itself, commonly the second one. */
final class OwnCache {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([KM]?)");

    /** Bytes; 0 where the system does not say. */
    static final long BYTES = bytes(Path.of("/sys/devices/system/cpu/cpu0/cache/index2/size"));

    private OwnCache() {}

    /** What a file of Linux says, such as {@code 2048K}; 0 if there is none or it says something else. */
    static long bytes(Path file) {
        try {
            return bytes(Files.readString(file).strip());
        } catch (IOException | RuntimeException unreadable) {
            return 0;
        }
    }

    private static long bytes(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            return 0;
        }
        long unit = switch (matcher.group(2)) {
            case "K" -> 1L << 10;
            case "M" -> 1L << 20;
            default -> 1;
        };
        return Long.parseLong(matcher.group(1)) * unit;
    }
}
