package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.report.SearchPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The files of a search: what is tried, what came of it, and a page with both. */
final class TuneFiles {
    private static final String PLAN = "search.txt";
    private static final String AT_ONCE = ", at once: ";

    private final Path directory;
    private final TypedTune tune;

    TuneFiles(Path directory, TypedTune tune) {
        this.directory = directory;
        this.tune = tune;
    }

    /**
     * Begins a search, or goes on with it.
     *
     * @param atOnce how many trials run at once, where what is tried depends on it; else 0
     * @throws NndException if the folder holds a search and none is to be resumed, or another one
     */
    void begin(List<Trial> trials, int atOnce, boolean resume) {
        String head = tune.name() + "\n"
                + (atOnce == 0 ? "" : tune.strategy() + AT_ONCE + atOnce + "\n" + tune.search() + "\n");
        String plan =
                trials.stream().map(t -> t.folder() + ": " + t.text()).collect(Collectors.joining("\n", head, "\n"));
        Path file = directory.resolve(PLAN);
        try {
            boolean there = Files.exists(file);
            if (resume && !there) {
                throw new NndException(
                        "There is no search to resume in " + directory + ".", "leave out --resume", null);
            }
            if (!resume && there) {
                throw new NndException(
                        directory + " holds a search already.",
                        "go on with it by --resume, or choose another folder with --out DIR",
                        null);
            }
            if (there && !Files.readString(file).equals(plan)) {
                throw new NndException(
                        "The search in " + directory + " tries other values than " + tune.name() + " does now"
                                + (atOnce == 0 ? "." : ", or was begun with another --parallel."),
                        "search anew into another folder with --out DIR",
                        null);
            }
            Files.createDirectories(directory);
            Files.writeString(file, plan);
        } catch (IOException e) {
            throw new NndException("The folder " + directory + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    /** How many trials a search that is there was begun with at once; 0 if it does not say. */
    int atOnce() {
        try {
            Path file = directory.resolve(PLAN);
            return !Files.exists(file)
                    ? 0
                    : Files.readAllLines(file).stream()
                            .filter(l -> l.contains(AT_ONCE))
                            .map(l -> l.substring(l.indexOf(AT_ONCE) + AT_ONCE.length()))
                            .filter(n -> n.matches("[1-9]\\d{0,3}"))
                            .mapToInt(Integer::parseInt)
                            .findFirst()
                            .orElse(0);
        } catch (IOException e) {
            throw new NndException("The folder " + directory + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    private String objective() {
        return tune.objective().split() + "." + tune.objective().metric();
    }

    private List<String> parameters() {
        return tune.search().stream().map(TypedTune.Search::parameter).toList();
    }

    /** Writes {@code trials.csv} and {@code tune.html}. */
    void write(List<TrialRunner.Result> results) {
        var csv =
                new StringBuilder("trial," + String.join(",", parameters()) + "," + objective() + ",epochs,seconds\n");
        for (var result : results) {
            csv.append(result.trial().folder());
            result.trial().values().values().forEach(v -> csv.append(',').append(cell(v)));
            csv.append(',').append(result.value()).append(',').append(result.epochs());
            csv.append(',').append((float) result.seconds()).append('\n');
        }
        var rows = results.stream()
                .map(r ->
                        new SearchPage.Row(r.trial().folder(), r.trial().values(), r.value(), r.epochs(), r.problem()))
                .toList();
        try {
            AtomicFile.write(directory.resolve("trials.csv"), csv.toString().getBytes(StandardCharsets.UTF_8));
            AtomicFile.write(
                    directory.resolve("tune.html"),
                    SearchPage.html(tune.name(), objective(), tune.objective().maximize(), parameters(), rows)
                            .getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new NndException("The folder " + directory + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    private static String cell(String value) {
        return value.matches("[^,\"\n]*") ? value : "\"" + value.replace("\"", "\"\"") + "\"";
    }

    /** Prints the trials, the best first. */
    void print(Terminal terminal, List<TrialRunner.Result> results) {
        var table = new TextTable();
        var head = new java.util.ArrayList<>(List.of("", "trial"));
        head.addAll(parameters());
        head.addAll(List.of(objective(), "epochs", "time"));
        table.line(head);
        int rank = 0;
        for (var r : results.stream()
                .sorted(TrialSchedule.order(tune.objective().maximize()))
                .toList()) {
            var line = new java.util.ArrayList<>(
                    List.of(Integer.toString(++rank), r.trial().folder()));
            line.addAll(r.trial().values().values());
            line.add(Double.isNaN(r.value()) ? "failed" : TextProgress.number(r.value()));
            line.add(Long.toString(r.epochs()));
            line.add(TextProgress.clock(r.seconds()));
            table.line(line);
        }
        table.print(terminal.out());
    }
}
