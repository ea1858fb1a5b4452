package dev.nnd.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long a process will take: as the last one for the same contender did, else as one did on a machine of two cores. */
final class Durations {

    private static final String FILE = "durations.txt";

    /**
     * What a process is made of.
     *
     * @param start seconds that are no step
     * @param step seconds
     */
    private record Usual(double start, double step) {}

    private static final Usual UNKNOWN = new Usual(3, 0.1);

    private final Map<String, Usual> usual = new HashMap<>();
    private final Results results;

    Durations(Results results) {
        this.results = results;
        try (InputStream text = Durations.class.getResourceAsStream(FILE)) {
            List<String> lines = text == null
                    ? List.of()
                    : new String(text.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                if (!line.startsWith("#") && words.length == 4) {
                    usual.put(
                            words[0] + " " + words[1],
                            new Usual(Double.parseDouble(words[2]), Double.parseDouble(words[3]) / 1000));
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Seconds of the process that answers a question. */
    double of(Question question, Pace pace) {
        String key = question.workload().id() + " " + question.library().id();
        Usual found = results.all().stream()
                .filter(m -> m.measured() && m.seconds() > 0)
                .filter(m -> (m.workload() + " " + m.library()).equals(key) && m.threads() == question.threads())
                .map(Durations::of)
                .reduce((_, last) -> last)
                .orElseGet(() -> usual.getOrDefault(key, UNKNOWN));
        return found.start + pace.seconds(found.step, question.workload().compared());
    }

    private static Usual of(Measurement m) {
        double step = m.times().median() / 1000;
        int steps = m.times().warmUpSteps() + m.times().steps();
        return new Usual(Math.max(0.5, m.seconds() - steps * step), step);
    }
}
