package dev.nnd.compiler.cli.profile;

import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.runtime.profile.OpTime;
import java.util.Locale;
import java.util.stream.Collectors;

/** A profile for other programs: one JSON object, with all ops; numbers are of one run. */
public final class ProfileJson {

    private ProfileJson() {}

    /** The text, which ends with a new line. */
    public static String write(ProfileReport report) {
        String parts = report.parts().stream()
                .map(part -> format("{\"name\":%s,\"ms\":%.6f}", text(part.name()), report.milliseconds(part.nanos())))
                .collect(Collectors.joining(","));
        String ops = report.ops().stream().map(op -> op(report, op)).collect(Collectors.joining(",\n"));
        return format(
                "{\"title\":%s,\"runs\":%d,\"batch\":%d,\"threads\":%d,\"provider\":%s,\"arena_bytes\":%d,"
                        + "\"peak_gflops\":%.3f,\"peak_gbytes\":%.3f,\"loader_ms\":%.6f,\"parts\":[%s],\"ops\":[\n%s]}\n",
                text(report.title()),
                report.runs(),
                report.batch(),
                report.threads(),
                text(report.provider()),
                report.arenaBytes(),
                report.ceiling().gigaflops(),
                report.ceiling().gigabytes(),
                report.milliseconds(report.loaderNanos()),
                parts,
                ops);
    }

    private static String op(ProfileReport report, OpTime op) {
        return format(
                "{\"program\":%s,\"op\":%s,\"kind\":%s,\"line\":%s,\"calls\":%d,\"ms\":%.6f,\"flops\":%d,\"bytes\":%d}",
                text(op.site().program()),
                text(op.site().op()),
                text(op.site().kind()),
                text(op.site().place()),
                op.calls() / report.runs(),
                report.milliseconds(op.nanos()),
                op.flops() / report.runs(),
                op.bytes() / report.runs());
    }

    private static String text(String value) {
        return DiagnosticRenderer.jsonString(value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
