package dev.nnd.runtime.train;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file {@code metrics.csv} of a run directory: a line for each epoch, there as soon as the epoch is done. */
final class MetricsFile implements AutoCloseable {
    private final Path file;
    private final Writer out;
    private final List<String> names;

    /**
     * Starts the file, or goes on with it.
     *
     * @param names of the metrics
     * @param keepUpTo lines of former epochs up to this one stay; 0 for a new run
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
                        .filter(line -> epochOf(line) <= keepUpTo)
                        .forEach(lines::add);
            }
            out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
            out.write(String.join("\n", lines) + "\n");
            out.flush();
        } catch (IOException e) {
            throw Checkpoint.unwritable(file, e);
        }
    }

    private static long epochOf(String line) {
        try {
            return Long.parseLong(line.substring(0, Math.max(0, line.indexOf(','))));
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
