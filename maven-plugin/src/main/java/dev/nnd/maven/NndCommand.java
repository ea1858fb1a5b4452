package dev.nnd.maven;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The {@code nnd} command in a JVM of its own. */
final class NndCommand {

    /** The exit code and what was printed. */
    record Result(int exitCode, List<String> lines) {}

    private final Path java;
    private final List<Path> classPath;

    NndCommand(Path java, List<Path> classPath) {
        this.java = java;
        this.classPath = classPath;
    }

    /**
     * Runs it to its end, standard error joined to standard output.
     *
     * @throws IOException if it cannot be started
     */
    Result run(Path folder, List<String> arguments) throws IOException, InterruptedException {
        var words = new ArrayList<String>();
        words.add(java.toString());
        words.addAll(List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
        words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp"));
        words.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        words.add("dev.nnd.compiler.cli.Nnd");
        words.addAll(arguments);
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        try {
            var lines = new ArrayList<String>();
            try (var reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    // The JVM's own remark about the incubating module is not for users.
                    if (!line.startsWith("WARNING: Using incubator modules")) {
                        lines.add(line);
                    }
                }
            }
            return new Result(process.waitFor(), lines);
        } finally {
            process.destroy();
        }
    }
}
