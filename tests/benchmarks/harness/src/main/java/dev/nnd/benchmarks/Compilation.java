package dev.nnd.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** C1: from {@code .nnd} to Java sources, in a cold process of the {@code nnd} command. */
public enum Compilation {
    RESNET50("resnet50.nnd", 1.0),
    BERT_BASE("bert_base.nnd", Double.NaN),
    DEEP_MLP("deep_mlp.nnd", Double.NaN);

    private final String file;
    private final double targetSeconds;

    Compilation(String file, double targetSeconds) {
        this.file = file;
        this.targetSeconds = targetSeconds;
    }

    /** Its short name in tables and options. */
    String id() {
        return "C1-" + name().toLowerCase(Locale.ROOT);
    }

    /** Seconds that it may take; NaN where none are named. */
    double targetSeconds() {
        return targetSeconds;
    }

    /** The words behind {@code nnd}. */
    List<String> arguments(Path home, Path output) {
        Path sources = this == DEEP_MLP ? home.resolve("nnd/src/main/c1") : home.resolve("nnd/target/nnd");
        return List.of("compile", sources.resolve("workloads").resolve(file).toString(), "-d", output.toString());
    }

    boolean matches(String word) {
        return word.equalsIgnoreCase("C1") || word.equalsIgnoreCase(id());
    }
}
