package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A file of measurements, a line each, written as they come: what an interrupted run has measured is not lost. */
final class Results {

    private final Path file;
    private final JsonMapper json = new JsonMapper();
    private final List<Measurement> all = new ArrayList<>();

    Results(Path file, boolean fresh) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (fresh && Files.exists(file)) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".before"), StandardCopyOption.REPLACE_EXISTING);
        }
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("{") && line.endsWith("}")) {
                    kept(line);
                }
            }
        }
    }

    /** A line of a suite that wrote other things is no answer. */
    private void kept(String line) {
        try {
            keep(read(line));
        } catch (JacksonException other) {
            System.err.println("a line of " + file.getFileName() + " is not read: " + other.getOriginalMessage());
        }
    }

    /** Nothing measured yet, and nothing written. */
    static Results none(Path file) throws IOException {
        return new Results(file.resolveSibling("none.jsonl"), false);
    }

    Measurement read(String line) {
        return json.readValue(line, Measurement.class);
    }

    void add(Measurement measurement) throws IOException {
        keep(measurement);
        // The line before may have been torn off.
        String line = System.lineSeparator() + json.writeValueAsString(measurement) + System.lineSeparator();
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The latest answer to a question is the one that counts. */
    private void keep(Measurement next) {
        all.removeIf(m -> m.sameQuestion(next.workload(), next.library(), next.threads(), next.repetition()));
        all.add(next);
    }

    /** Whether it is measured already; what failed or was missing is tried again. */
    boolean has(String workload, String library, int threads, int repetition) {
        return all.stream().anyMatch(m -> m.measured() && m.sameQuestion(workload, library, threads, repetition));
    }

    boolean has(Question question) {
        return has(question.workload().id(), question.library().id(), question.threads(), question.repetition());
    }

    List<Measurement> all() {
        return List.copyOf(all);
    }
}
