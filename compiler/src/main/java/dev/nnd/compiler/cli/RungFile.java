package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file {@code rungs.txt}: in which order trials have reached their rungs, and how well, so that a search goes on from there. */
final class RungFile {

    /** A job that is done, and its cost. */
    record Line(Rungs.Job job, double cost) {}

    private final Path file;
    private final List<Line> lines = new ArrayList<>();

    RungFile(Path directory) {
        this.file = directory.resolve("rungs.txt");
    }

    /** What was done before, for so many trials and rungs. */
    List<Line> read(int trials, int rungs) {
        lines.clear();
        try {
            if (Files.exists(file)) {
                Files.readAllLines(file).forEach(text -> lines.add(parsed(text, trials, rungs)));
            }
        } catch (IOException e) {
            throw new NndException(file + " can't be read: " + e.getMessage() + ".", e);
        }
        return List.copyOf(lines);
    }

    private Line parsed(String text, int trials, int rungs) {
        String[] words = text.split(" ", -1);
        if (words.length == 3 && words[0].matches("\\d{1,6}") && words[1].matches("\\d{1,3}")) {
            try {
                var line = new Line(
                        new Rungs.Job(Integer.parseInt(words[0]), Integer.parseInt(words[1])),
                        Double.parseDouble(words[2]));
                if (line.job().trial() >= 1
                        && line.job().trial() <= trials
                        && line.job().rung() < rungs) {
                    return line;
                }
            } catch (NumberFormatException e) {
                throw damaged(text);
            }
        }
        throw damaged(text);
    }

    private NndException damaged(String text) {
        return new NndException(
                file + " is damaged: `" + text + "` is no trial, rung and cost.",
                "search anew into another folder with --out DIR",
                null);
    }

    /** Notes one more. */
    void add(Line line) {
        lines.add(line);
        var text = new StringBuilder();
        lines.forEach(l -> text.append(l.job().trial())
                .append(' ')
                .append(l.job().rung())
                .append(' ')
                .append(l.cost())
                .append('\n'));
        try {
            AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new NndException(file + " can't be written: " + e.getMessage() + ".", e);
        }
    }
}
