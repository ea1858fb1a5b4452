package dev.nnd.benchmarks;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The releases of libraries, by the names of their jars on the class path. */
public final class Release {

    private Release() {}

    /** The version in the name of the first jar of this artifact. */
    public static String of(String artifact) {
        var name = Pattern.compile(Pattern.quote(artifact) + "-([0-9].*?)(-linux-.*)?\\.jar");
        return Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1))
                .map(entry -> name.matcher(String.valueOf(Path.of(entry).getFileName())))
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElse("unknown");
    }
}
