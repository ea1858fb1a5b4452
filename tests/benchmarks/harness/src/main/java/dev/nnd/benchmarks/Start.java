package dev.nnd.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** S1: how long a service takes from the start of its JVM to its first prediction, of I1 at batch 1. */
public enum Start {
    /** As the README says; generated kernels are plain loops, products oneDNN's. */
    NND(Library.NND, 0.5, List.of()),
    NND_VECTOR(Library.NND, 0.5, List.of("--add-modules", "jdk.incubator.vector")),
    /** With a cache of its classes, which a first start has written. */
    NND_AOT(Library.NND, 0.5, List.of()),
    ONNXRUNTIME(Library.ONNXRUNTIME, Double.NaN, List.of()),
    LIBTORCH(Library.LIBTORCH, Double.NaN, List.of());

    /** What is predicted. */
    static final Workload WORKLOAD = Workload.I1_B1;

    private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

    private final Library library;
    private final double targetSeconds;
    private final List<String> flags;

    Start(Library library, double targetSeconds, List<String> flags) {
        this.library = library;
        this.targetSeconds = targetSeconds;
        this.flags = flags;
    }

    /** Its short name in tables and options. */
    String id() {
        return "S1-" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    Library library() {
        return library;
    }

    /** Seconds that it may take; NaN where none are named. */
    double targetSeconds() {
        return targetSeconds;
    }

    /** Flags of the JVM: no more than a service needs. */
    List<String> flags(Path cache) {
        var all = new ArrayList<>(List.of(NATIVE));
        all.addAll(flags);
        if (this == NND_AOT) {
            all.add("-XX:AOTCache=" + cache);
        }
        return all;
    }

    /** Flags of the start that goes before the measured ones; empty where there is none. */
    List<String> preparation(Path cache) {
        return this == NND_AOT ? List.of(NATIVE, "-XX:AOTCacheOutput=" + cache) : List.of();
    }

    boolean matches(String word) {
        return word.equalsIgnoreCase("S1") || word.equalsIgnoreCase(id());
    }
}
