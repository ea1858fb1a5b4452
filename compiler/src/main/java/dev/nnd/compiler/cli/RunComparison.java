package dev.nnd.compiler.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** In what runs differ: settings, then what came of them. */
final class RunComparison {
    private final List<FoundRun> runs;

    RunComparison(List<FoundRun> runs) {
        this.runs = runs;
    }

    void print(PrintWriter out) {
        var table = new TextTable();
        var head = new ArrayList<>(List.of(""));
        runs.forEach(r -> head.add(r.directory().toString()));
        table.line(head);
        int shown = rows(table, RunComparison::settings, true);
        if (shown == 0) {
            table.line("(the same settings)");
        }
        rows(table, RunComparison::results, false);
        table.print(out);
    }

    private static Map<String, String> settings(FoundRun run) {
        var all = new LinkedHashMap<String, String>();
        all.put("section", run.record().name());
        all.putAll(run.record().configuration());
        run.record().values().forEach((name, value) -> all.put(name, Double.toString(value)));
        run.record().rows().forEach((split, n) -> all.put(split + " examples", Long.toString(Math.round(n))));
        all.putAll(run.record().environment());
        return all;
    }

    private static Map<String, String> results(FoundRun run) {
        var all = new LinkedHashMap<String, String>();
        all.put("state", run.state());
        all.put("epochs", Long.toString(run.record().epoch()));
        all.put("time", TextProgress.clock(run.record().seconds()));
        run.record().metrics().forEach((name, value) -> all.put(name, TextProgress.number(value)));
        return all;
    }

    /** Adds a line for each name; with {@code different} for those with more than one value only. */
    private int rows(TextTable table, Function<FoundRun, Map<String, String>> of, boolean different) {
        var names = new LinkedHashSet<String>();
        runs.forEach(r -> names.addAll(of.apply(r).keySet()));
        int shown = 0;
        for (String name : names) {
            var values =
                    runs.stream().map(r -> of.apply(r).getOrDefault(name, "-")).toList();
            if (!different || values.stream().distinct().count() > 1) {
                var line = new ArrayList<>(List.of(name));
                line.addAll(values);
                table.line(line);
                shown++;
            }
        }
        return shown;
    }
}
