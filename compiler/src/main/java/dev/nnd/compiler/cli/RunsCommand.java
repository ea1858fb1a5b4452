package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.RunRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd runs}. */
@Command(
        name = "runs",
        description = "Lists runs, or shows in what two or more of them differ.",
        mixinStandardHelpOptions = true)
final class RunsCommand implements Callable<Integer> {
    private static final int DEPTH = 6;

    private final Terminal terminal;

    @Parameters(
            arity = "0..*",
            paramLabel = "DIR",
            description = "folders with runs to list (default: runs), or two or more run directories to compare")
    private List<Path> places = List.of(Path.of("runs"));

    @Option(
            names = "--by",
            paramLabel = "METRIC",
            description = "the metric to show and to sort by, the best first, such as validation.accuracy")
    private @Nullable String by;

    RunsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var found = new ArrayList<FoundRun>();
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                throw new NndException(
                        "There is no folder " + place + ".",
                        "give the folder that `nnd train` writes to, such as runs",
                        null);
            }
            found.addAll(below(place));
        }
        if (found.isEmpty()) {
            terminal.out().println("no runs");
            return Nnd.FINE;
        }
        boolean compared = places.size() > 1
                && places.stream().allMatch(p -> RunRecord.of(p).isPresent());
        if (compared) {
            new RunComparison(found).print(terminal.out());
        } else {
            Optional<String> metric = Optional.ofNullable(by);
            metric.ifPresent(m -> requireKnown(m, found));
            new RunTable(sorted(found, metric), metric).print(terminal.out());
        }
        return Nnd.FINE;
    }

    private static List<FoundRun> sorted(List<FoundRun> runs, Optional<String> metric) {
        var order = metric.map(m -> {
                    int sign = FoundRun.isLowerBetter(m, runs) ? 1 : -1;
                    return Comparator.comparingDouble((FoundRun r) -> sign * r.metric(m));
                })
                .orElse(Comparator.comparing((FoundRun r) -> r.record().started()));
        return runs.stream().sorted(order).toList();
    }

    private static void requireKnown(String metric, List<FoundRun> runs) {
        var known = runs.stream()
                .flatMap(r -> r.record().metrics().keySet().stream())
                .distinct()
                .sorted()
                .toList();
        if (!known.contains(metric)) {
            throw new NndException(
                    "No run has a metric `" + metric + "`.", "there are " + String.join(", ", known), null);
        }
    }

    /** The runs in a folder, which may be one itself; what lies within a run is no other. */
    private static List<FoundRun> below(Path place) {
        var found = new ArrayList<FoundRun>();
        try {
            Files.walkFileTree(
                    place, EnumSet.noneOf(java.nio.file.FileVisitOption.class), DEPTH, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                            var record = RunRecord.of(folder);
                            record.ifPresent(r -> found.add(new FoundRun(folder, r, RunRecord.isActive(folder))));
                            return record.isPresent() ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
