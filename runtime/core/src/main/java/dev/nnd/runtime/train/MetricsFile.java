package dev.nnd.runtime.train;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The file {@code metrics.csv} of a run directory: a line for each evaluation, there as soon as it is done. */
final class MetricsFile implements AutoCloseable {
    private final Path file;
    private final Writer out;
    private final List<String> names;

    /**
     * Starts the file, or goes on with it.
     *
     * @param names of the metrics
     * @param keepUpTo lines up to this step stay; 0 or less for a new run
     */
    MetricsFile(Path file, List<String> names, long keepUpTo) {
        this.file = file;
        this.names = List.copyOf(names);
        try {
            var lines = new ArrayList<String>();
            lines.add("epoch,step," + String.join(",", names) + ",seconds,samples_per_second");
            if (keepUpTo > 0 && Files.exists(file)) {
                Files.readAllLines(file).stream()
                        .skip(1)
                        .filter(line -> stepOf(line) <= keepUpTo && cells(line) == cells(lines.getFirst()))
                        .forEach(lines::add);
            }
            var text = String.join("\n", lines) + "\n";
            Checkpoint.writeFile(file, fresh -> Files.writeString(fresh, text));
            out = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw Checkpoint.unwritable(file, e);
        }
    }

    /** A killed process may have written half a line. */
    private static long cells(String line) {
        return line.chars().filter(c -> c == ',').count();
    }

    private static long stepOf(String line) {
        try {
            int from = line.indexOf(',') + 1;
            return Long.parseLong(line.substring(from, Math.max(from, line.indexOf(',', from))));
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    void add(EpochResult result) {
        var line = new StringBuilder().append(result.epoch()).append(',').append(result.step());
        for (var name : names) {
            line.append(',').append(result.metric(name));
        }
        line.append(',').append((float) result.seconds()).append(',').append((float) result.samplesPerSecond());
        try {
            out.write(line.append('\n').toString());
            out.flush();
        } catch (IOException e) {
            throw Checkpoint.unwritable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw Checkpoint.unwritable(file, e);
        }
    }
}
