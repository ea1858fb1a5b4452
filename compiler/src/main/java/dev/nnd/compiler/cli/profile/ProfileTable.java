package dev.nnd.compiler.cli.profile;

import dev.nnd.runtime.profile.OpTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A profile as text: the parts of a run, then its ops, the longest first. */
public final class ProfileTable {

    private static final List<String> HEAD =
            List.of("share", "ms", "calls", "GFLOP/s", "GB/s", "of peak", "op", "computed by", "line");

    /** From this column on, text stands at the left. */
    private static final int WORDS_FROM = 6;

    private static final int BAR = 20;

    private ProfileTable() {}

    /** {@code most} is how many ops are listed; the others are one line. */
    public static String write(ProfileReport report, int most) {
        var text = new StringBuilder();
        String batch = report.batch() > 0 ? " of " + report.batch() + " examples" : "";
        text.append(String.format(
                Locale.ROOT,
                "%s: %d runs%s, %d thread%s, %s, arena %.1f MiB\n",
                report.title(),
                report.runs(),
                batch,
                report.threads(),
                report.threads() == 1 ? "" : "s",
                report.provider(),
                report.arenaBytes() / 1048576.0));
        text.append(String.format(
                Locale.ROOT,
                "this machine now: %.0f GFLOP/s in a product of matrices, %.0f GB/s in a copy\n\n",
                report.ceiling().gigaflops(),
                report.ceiling().gigabytes()));
        parts(report, text);
        text.append('\n');
        ops(report, most, text);
        return text.toString();
    }

    private static void parts(ProfileReport report, StringBuilder text) {
        int width =
                report.parts().stream().mapToInt(p -> p.name().length()).max().orElse(0);
        for (ProfileReport.Part part : report.parts()) {
            line(text, width, part.name(), report.milliseconds(part.nanos()), report.share(part.nanos()));
        }
        line(text, width, "a run", report.milliseconds(report.nanos()), 1);
        if (report.loaderNanos() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "\nexamples a second: the loader alone makes %,d, the steps took %,d\n",
                    report.examplesASecond(report.loaderNanos()),
                    report.examplesASecond(report.nanos())));
        }
    }

    private static void line(StringBuilder text, int width, String name, double milliseconds, double share) {
        String bar = "█".repeat((int) Math.round(share * BAR));
        String pattern = "%-" + Math.max(width, 5) + "s  %10.3f ms  %5.1f %%  %s";
        text.append(String.format(Locale.ROOT, pattern, name, milliseconds, share * 100, bar)
                        .stripTrailing())
                .append('\n');
    }

    private static void ops(ProfileReport report, int most, StringBuilder text) {
        var rows = new ArrayList<List<String>>();
        rows.add(HEAD);
        report.ops().stream().limit(most).forEach(op -> rows.add(row(report, op)));
        List<OpTime> rest = report.ops().stream().skip(most).toList();
        if (!rest.isEmpty()) {
            long nanos = rest.stream().mapToLong(OpTime::nanos).sum();
            rows.add(List.of(
                    percent(report.share(nanos)),
                    number(report.milliseconds(nanos), 3),
                    "",
                    "",
                    "",
                    "",
                    rest.size() + " others",
                    "",
                    ""));
        }
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String blank = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(i < WORDS_FROM ? blank + row.get(i) : row.get(i) + blank);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static List<String> row(ProfileReport report, OpTime op) {
        return List.of(
                percent(report.share(op.nanos())),
                number(report.milliseconds(op.nanos()), 3),
                number((double) op.calls() / report.runs(), 0),
                number(op.gigaflops(), 1),
                number(op.gigabytes(), 1),
                percent(report.ofCeiling(op)) + (report.boundByMemory(op) ? " memory" : " flops "),
                op.site().op(),
                op.site().kind(),
                op.site().place());
    }

    private static String percent(double share) {
        return number(share * 100, 1) + " %";
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
