package dev.nnd.compiler.cli.profile;

import dev.nnd.runtime.profile.OpTime;
import java.util.List;
import java.util.Locale;

/**
 * A profile as a picture: a bar for each op, as long as its share of a run, filled as far as the op comes to what the machine
 * can do. What is not filled could be won at best.
 */
public final class ProfileChart {

    private static final int MOST = 40;
    private static final int ROW = 22;
    private static final int TOP = 84;
    private static final int LABEL = 330;
    private static final int BAR = 480;
    private static final int NUMBERS = 210;
    private static final int MARGIN = 20;

    private ProfileChart() {}

    /** The text of an {@code .svg} file. */
    public static String write(ProfileReport report) {
        List<OpTime> ops = report.ops().stream().limit(MOST).toList();
        int width = 2 * MARGIN + LABEL + BAR + NUMBERS;
        int height = TOP + ops.size() * ROW + 2 * MARGIN;
        var text = new StringBuilder();
        text.append(format("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
                font-family="Helvetica, Arial, sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                """, width, height));
        text.append(format(
                "<text x=\"%d\" y=\"28\" font-size=\"16\" font-weight=\"bold\">%s</text>\n",
                MARGIN, escaped(report.title())));
        text.append(format(
                "<text x=\"%d\" y=\"48\" fill=\"#444\">a run of %.3f ms, %s, threads: %d; peak: %.0f GFLOP/s, %.0f GB/s</text>\n",
                MARGIN,
                report.milliseconds(report.nanos()),
                escaped(report.provider()),
                report.threads(),
                report.ceiling().gigaflops(),
                report.ceiling().gigabytes()));
        text.append(format(
                "<text x=\"%d\" y=\"66\" fill=\"#444\">bar: share of a run; dark: how near to the machine's peak, "
                        + "by arithmetic (blue) or by memory (orange)</text>\n",
                MARGIN));
        double longest = ops.isEmpty() ? 1 : report.share(ops.getFirst().nanos());
        for (int i = 0; i < ops.size(); i++) {
            bar(report, ops.get(i), TOP + i * ROW, longest, text);
        }
        return text.append("</svg>\n").toString();
    }

    private static void bar(ProfileReport report, OpTime op, int y, double longest, StringBuilder text) {
        double length = report.share(op.nanos()) / longest * BAR;
        double filled = length * Math.min(1, report.ofCeiling(op));
        boolean memory = report.boundByMemory(op);
        int x = MARGIN + LABEL;
        text.append("<g><title>")
                .append(escaped(op.site().program() + "." + op.site().op() + ", "
                        + op.site().kind()))
                .append("</title>");
        text.append(format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s <tspan fill=\"#888\">%s</tspan></text>",
                x - 8, y + 14, escaped(op.site().op()), escaped(op.site().place())));
        String rectangle = "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>";
        text.append(format(rectangle, x, y + 2, Math.max(1, length), ROW - 6, memory ? "#fde3c3" : "#cfe0f7"));
        text.append(format(rectangle, x, y + 2, filled, ROW - 6, memory ? "#e08a1e" : "#2f6fc4"));
        text.append(format(
                "<text x=\"%.1f\" y=\"%d\" fill=\"#444\">%.1f %%, %.3f ms, %.0f GFLOP/s</text></g>\n",
                x + length + 8,
                y + 14,
                report.share(op.nanos()) * 100,
                report.milliseconds(op.nanos()),
                op.gigaflops()));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
