package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Numbers under names, in a file: what the machine can do, and how much work a step is. */
final class Figures {

    private final Path file;
    private final JsonMapper json = new JsonMapper();
    private final Map<String, Double> all = new TreeMap<>();

    Figures(Path file, boolean fresh) throws IOException {
        this.file = file;
        if (fresh) {
            Files.deleteIfExists(file);
        }
        if (Files.exists(file)) {
            all.putAll(read(Files.readString(file)));
        }
    }

    /** Without a file, for reports of what is at hand. */
    Figures(Map<String, Double> given) {
        this.file = Path.of("");
        all.putAll(given);
    }

    private Map<String, Double> read(String text) {
        return json.readValue(text, new TypeReference<Map<String, Double>>() {});
    }

    OptionalDouble get(String name) {
        Double found = all.get(name);
        return found == null ? OptionalDouble.empty() : OptionalDouble.of(found);
    }

    boolean has(String name) {
        return all.containsKey(name);
    }

    /** Keeps the larger of several measurements of a rate: the others were disturbed. */
    void addRates(String text) throws IOException {
        read(text).forEach((name, value) -> all.merge(name, value, Math::max));
        write();
    }

    void put(String name, double value) throws IOException {
        all.put(name, value);
        write();
    }

    private void write() throws IOException {
        Files.writeString(file, json.writeValueAsString(all));
    }
}
