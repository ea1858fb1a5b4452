package dev.nnd.compiler.cli;

import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.runtime.train.EpochResult;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.TrainingRun;
import dev.nnd.runtime.train.TrainingStart;
import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells a program how a run goes: JSON objects of the kinds start, epoch, warning and end, one a line. */
final class JsonProgress implements ProgressListener {

    private final PrintWriter out;

    JsonProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void started(TrainingStart start) {
        line("{\"kind\":\"start\",\"name\":" + text(start.name()) + ",\"directory\":"
                + text(start.directory().toString())
                + ",\"parameters\":" + start.parameters() + ",\"threads\":" + start.threads() + ",\"steps\":"
                + start.steps() + ",\"stepsPerEpoch\":" + start.batchesPerEpoch() + ",\"resumedAt\":"
                + start.resumedAt()
                + ",\"rows\":" + numbers(start.rows()) + "}");
    }

    @Override
    public void epoch(EpochResult result, boolean best) {
        line("{\"kind\":\"epoch\",\"epoch\":" + result.epoch() + ",\"step\":" + result.step() + ",\"seconds\":"
                + result.seconds() + ",\"samplesPerSecond\":" + result.samplesPerSecond() + ",\"best\":" + best
                + ",\"metrics\":" + numbers(result.metrics()) + "}");
    }

    @Override
    public void warning(String message) {
        line("{\"kind\":\"warning\",\"message\":" + text(message) + "}");
    }

    @Override
    public void finished(TrainingRun run) {
        line("{\"kind\":\"end\",\"interrupted\":" + run.interrupted() + ",\"seconds\":" + run.seconds() + ",\"best\":"
                + text(run.bestDirectory().toString()) + "}");
    }

    /** An object of numbers; what is not finite, which JSON cannot hold, is null. */
    static String numbers(Map<String, ? extends Number> values) {
        return values.entrySet().stream()
                .map(e ->
                        text(e.getKey()) + ":" + (Double.isFinite(e.getValue().doubleValue()) ? e.getValue() : "null"))
                .collect(Collectors.joining(",", "{", "}"));
    }

    static String text(String text) {
        return DiagnosticRenderer.jsonString(text);
    }

    private void line(String object) {
        out.println(object);
        out.flush();
    }
}
