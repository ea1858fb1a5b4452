package dev.nnd.compiler.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** Runs, one a line. */
final class RunTable {
    private final List<FoundRun> runs;
    private final Optional<String> metric;

    RunTable(List<FoundRun> runs, Optional<String> metric) {
        this.runs = runs;
        this.metric = metric;
    }

    void print(PrintWriter out) {
        var table = new TextTable().line("run", "section", "started (UTC)", "state", "epochs", "time", "best");
        for (var run : runs) {
            var best = metric.map(m -> java.util.Map.entry(m, run.metric(m))).orElseGet(run::best);
            table.line(
                    run.directory().toString(),
                    run.record().name(),
                    run.record().started().replace('T', ' ').replace("Z", ""),
                    run.state(),
                    Long.toString(run.record().epoch()),
                    TextProgress.clock(run.record().seconds()),
                    Double.isNaN(best.getValue()) ? "-" : best.getKey() + " " + TextProgress.number(best.getValue()));
        }
        table.print(out);
    }
}
