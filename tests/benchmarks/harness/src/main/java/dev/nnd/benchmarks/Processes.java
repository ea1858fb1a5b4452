package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the processes of contenders, each with an environment free of what the caller had set for such libraries. */
final class Processes {

    private static final List<String> CLEARED =
            List.of("OPENBLAS_", "OMP_", "MKL_", "MALLOC_", "KMP_", "GOMP_", "DNNL_", "ONEDNN_", "TF_", "JAVA_TOOL_");

    private static final int LONGEST_SECONDS = 300;
    private static final int TAIL = 600;

    private final Path home;
    private final boolean avx512;

    Processes(Path home, boolean avx512) {
        this.home = home;
        this.avx512 = avx512;
    }

    /** The exit code, -1 where it was stopped, and what was printed. */
    record Output(int exitCode, String text, double seconds) {

        /** The end of what was printed, for reports. */
        String tail() {
            String plain = text.strip();
            return plain.substring(Math.max(0, plain.length() - TAIL));
        }
    }

    /** Whether the contender was built. */
    boolean built(Library library) {
        return Files.exists(classPathFile(library));
    }

    private Path classPathFile(Library library) {
        return home.resolve(library.folder()).resolve("target/classpath");
    }

    /** Runs a class on the class path of a contender. */
    Output java(Library library, int threads, String mainClass, List<String> arguments) throws IOException {
        return java(library, library.jvmArguments(avx512), library.environment(threads, avx512), mainClass, arguments);
    }

    /** The same with other flags and another environment than the contender's own. */
    Output java(
            Library library,
            List<String> flags,
            Map<String, String> environment,
            String mainClass,
            List<String> arguments)
            throws IOException {
        var all = new ArrayList<>(Library.JVM);
        all.addAll(flags);
        return bare(library, all, environment, mainClass, arguments);
    }

    /** With these flags of the JVM alone. */
    Output bare(
            Library library,
            List<String> flags,
            Map<String, String> environment,
            String mainClass,
            List<String> arguments)
            throws IOException {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(flags);
        words.add("-cp");
        words.add(own(library) + ":" + Files.readString(classPathFile(library)).strip());
        words.add(mainClass);
        words.addAll(arguments);
        return run(words, environment);
    }

    /** The jar of a contender's module, or its classes where it has not been packed. */
    private Path own(Library library) throws IOException {
        Path target = home.resolve(library.folder()).resolve("target");
        try (var jars = Files.newDirectoryStream(target, "nnd-benchmarks-*-SNAPSHOT.jar")) {
            for (Path jar : jars) {
                return jar;
            }
        }
        return target.resolve("classes");
    }

    /** Runs a command to its end, or stops it after some minutes. */
    Output run(List<String> words, Map<String, String> environment) throws IOException {
        Path log = Files.createTempFile("nnd-benchmark", ".log");
        try {
            var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().keySet().removeIf(name -> CLEARED.stream().anyMatch(name::startsWith));
            builder.environment().putAll(environment);
            long start = System.nanoTime();
            Process process = builder.start();
            // An interrupted run leaves nothing behind that measures on.
            var end = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(end);
            process.getOutputStream().close();
            boolean ended = await(process);
            Runtime.getRuntime().removeShutdownHook(end);
            double seconds = (System.nanoTime() - start) / 1e9;
            String text = Files.readString(log);
            return ended
                    ? new Output(process.exitValue(), text, seconds)
                    : new Output(-1, text + "\nstopped after " + LONGEST_SECONDS + " s", seconds);
        } finally {
            Files.deleteIfExists(log);
        }
    }

    private static boolean await(Process process) {
        try {
            if (process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                return true;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return false;
    }
}
