package dev.nnd.compiler.cli;

import dev.nnd.runtime.train.EpochResult;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.TrainingProgress;
import dev.nnd.runtime.train.TrainingRun;
import dev.nnd.runtime.train.TrainingStart;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Tells a person how a run goes: one line an evaluation, and on a terminal one that changes meanwhile. */
final class TextProgress implements ProgressListener {

    private static final long BETWEEN_LINES = 100_000_000L;
    private static final int WIDTH = 100;

    private final Terminal terminal;
    private final LongSupplier clock;
    private long shownAt;
    private boolean liveLine;
    private double secondsLeft;
    private long epochs;
    private long steps;
    /** The section counts in steps, which then tell how far it is. */
    private boolean counted;

    /**
     * @param clock nanoseconds
     */
    TextProgress(Terminal terminal, LongSupplier clock) {
        this.terminal = terminal;
        this.clock = clock;
        this.shownAt = clock.getAsLong();
    }

    @Override
    public void started(TrainingStart start) {
        String rows = start.rows().entrySet().stream()
                .map(e -> grouped(e.getValue()) + " " + e.getKey())
                .collect(Collectors.joining(", "));
        terminal.out()
                .println(start.name() + ": " + grouped(start.parameters()) + " parameters; examples: " + rows + "; "
                        + grouped(start.batchesPerEpoch()) + " steps an epoch; " + grouped(start.arenaBytes() >> 10)
                        + " KiB for a step; " + start.threads() + (start.threads() == 1 ? " thread" : " threads"));
        if (start.resumedAt() > 0) {
            terminal.out().println("going on after step " + grouped(start.resumedAt()));
        }
        steps = start.steps();
        counted = start.settings().steps().isPresent();
        epochs = Math.ceilDiv(start.steps(), Math.max(1, start.batchesPerEpoch()));
        terminal.out().flush();
    }

    @Override
    public void batch(TrainingProgress progress) {
        secondsLeft = progress.secondsLeft();
        long now = clock.getAsLong();
        if (!terminal.live() || now - shownAt < BETWEEN_LINES) {
            return;
        }
        shownAt = now;
        String line = (counted
                        ? "step " + progress.step() + "/" + progress.steps()
                        : "epoch " + progress.epoch() + "/" + progress.epochs() + "  step " + progress.batchInEpoch()
                                + "/" + progress.batches())
                + "  loss " + number(progress.loss()) + "  " + rate(progress.samplesPerSecond())
                + "  " + clock(secondsLeft) + " left";
        terminal.out().print("\r" + (line.length() < WIDTH ? line + " ".repeat(WIDTH - line.length()) : line));
        terminal.out().flush();
        liveLine = true;
    }

    @Override
    public void epoch(EpochResult result, boolean best) {
        clearLine();
        String metrics =
                result.metrics().entrySet().stream().map(TextProgress::metric).collect(Collectors.joining("  "));
        boolean more = counted ? result.step() < steps : result.epoch() < epochs;
        String left = more ? "  " + clock(secondsLeft) + " left" : "";
        terminal.out()
                .println((counted
                                ? "step " + padded(result.step(), steps) + "/" + steps
                                : "epoch " + padded(result.epoch(), epochs) + "/" + epochs)
                        + "  " + metrics + "  "
                        + rate(result.samplesPerSecond()) + left + (best ? "  best so far" : ""));
        terminal.out().flush();
    }

    private static String metric(Map.Entry<String, Double> metric) {
        String name = metric.getKey().startsWith("train.") ? metric.getKey().substring(6) : metric.getKey();
        return name + " " + number(metric.getValue());
    }

    @Override
    public void warning(String message) {
        clearLine();
        terminal.err().println("warning: " + message);
        terminal.err().flush();
    }

    @Override
    public void stopped(String reason) {
        clearLine();
        terminal.out().println(reason);
        terminal.out().flush();
    }

    @Override
    public void finished(TrainingRun run) {
        clearLine();
    }

    private void clearLine() {
        if (liveLine) {
            terminal.out().print("\r" + " ".repeat(WIDTH) + "\r");
            terminal.out().flush();
            liveLine = false;
        }
    }

    private static String padded(long number, long largest) {
        int width = String.valueOf(largest).length();
        return " ".repeat(Math.max(0, width - String.valueOf(number).length())) + number;
    }

    private static String rate(double samplesPerSecond) {
        return grouped(Math.round(samplesPerSecond)) + " samples/s";
    }

    /** Four significant digits, no exponent where none is needed. */
    static String number(double value) {
        double size = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        if (size >= 1e-3 && size < 1e5) {
            int digits = Math.clamp(3 - (long) Math.floor(Math.log10(size)), 0, 4);
            return String.format(Locale.ROOT, "%." + digits + "f", value);
        }
        return String.format(Locale.ROOT, "%.3e", value);
    }

    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 1:05}, {@code 2:03:04}, and {@code 3.2 s} below ten seconds. */
    static String clock(double seconds) {
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        String minutes =
                String.format(Locale.ROOT, whole >= 3600 ? "%02d:%02d" : "%d:%02d", whole / 60 % 60, whole % 60);
        return whole >= 3600 ? whole / 3600 + ":" + minutes : minutes;
    }
}
