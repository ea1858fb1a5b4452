package dev.nnd.compiler.cli.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the last run wrote into a folder: {@code .nnd-manifest}.
 *
 * @param inputs the hash of compiler version, options and inputs; empty if there was no run
 * @param outputs the hash of each written file by its path in the folder, with {@code /} between names
 */
record Manifest(String inputs, Map<String, String> outputs) {

    static final String NAME = ".nnd-manifest";
    private static final String HEADER = "nnd-manifest 1";

    Manifest {
        outputs = Map.copyOf(outputs);
    }

    static Manifest empty() {
        return new Manifest("", Map.of());
    }

    /** Reads the manifest of a folder; one that is absent or not understood counts as none. */
    static Manifest read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return empty();
        }
        var lines = Files.readString(file).lines().toList();
        if (lines.size() < 2
                || !lines.getFirst().equals(HEADER)
                || !lines.get(1).startsWith("inputs ")) {
            return empty();
        }
        var outputs = new TreeMap<String, String>();
        for (String line : lines.subList(2, lines.size())) {
            int space = line.indexOf(' ');
            if (space < 0) {
                return empty();
            }
            outputs.put(line.substring(space + 1), line.substring(0, space));
        }
        return new Manifest(lines.get(1).substring("inputs ".length()), outputs);
    }

    byte[] bytes() {
        var text = new StringBuilder(HEADER).append("\ninputs ").append(inputs).append('\n');
        new TreeMap<>(outputs)
                .forEach((path, hash) ->
                        text.append(hash).append(' ').append(path).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
