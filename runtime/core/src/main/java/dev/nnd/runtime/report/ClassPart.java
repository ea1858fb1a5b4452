package dev.nnd.runtime.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The part of the page about labels. */
final class ClassPart {
    /** A larger table can't be read; then the most frequent confusions are listed. */
    private static final int TABLE = 30;

    private static final int LISTED = 20;

    private final ClassPredictions of;
    private final Markup page = new Markup();

    ClassPart(ClassPredictions of) {
        this.of = of;
    }

    String html(ShownExamples shown) {
        page.raw("<h2>Predictions on %s <small>%,d examples</small></h2>", Markup.escaped(of.split()), of.count());
        if (of.names().size() <= TABLE) {
            confusion();
        } else {
            confusions();
        }
        var roc = of.roc();
        page.raw("<div class=\"plots\">");
        if (!roc.isEmpty()) {
            figure(SvgPlot.shares("ROC", "false alarms", roc, true), areas(roc));
            figure(SvgPlot.shares("precision and recall", "recall", of.precisionRecall(), false), "");
        }
        figure(
                SvgPlot.shares("calibration", "predicted probability", List.of(of.calibration()), true),
                "share of right answers over the probability of the answer; mean distance "
                        + Axis.text(Math.round(of.calibrationError() * 1e4) / 1e4));
        page.raw("</div>");
        page.raw(ExampleCards.html(of.split(), "Wrong and surest of it", "probability", of.worst(), shown));
        return page.toString();
    }

    private static String areas(List<Series> roc) {
        var text = new StringBuilder("area under the curve: ");
        for (int i = 0; i < roc.size(); i++) {
            text.append(i == 0 ? "" : ", ");
            if (roc.size() > 1) {
                text.append(roc.get(i).name()).append(": ");
            }
            text.append(String.format(Locale.ROOT, "%.4f", ClassPredictions.area(roc.get(i))));
        }
        return text.toString();
    }

    private void figure(String svg, String caption) {
        page.raw("<figure>").raw(svg).raw("<figcaption>").text(caption).raw("</figcaption></figure>");
    }

    private long row(int c) {
        long sum = 0;
        for (long n : of.confusion()[c]) {
            sum += n;
        }
        return sum;
    }

    private long column(int c) {
        long sum = 0;
        for (long[] line : of.confusion()) {
            sum += line[c];
        }
        return sum;
    }

    private void confusion() {
        page.raw("<div class=\"scroll\"><table class=\"confusion\"><tr><th>true, predicted:</th>");
        of.names().forEach(n -> page.raw("<th>").text(n).raw("</th>"));
        page.raw("<th>precision</th><th>recall</th><th>F1</th></tr>");
        for (int c = 0; c < of.names().size(); c++) {
            page.raw("<tr><th>").text(of.names().get(c)).raw("</th>");
            for (int said = 0; said < of.names().size(); said++) {
                long n = of.confusion()[c][said];
                double share = row(c) == 0 ? 0 : (double) n / row(c);
                page.raw(
                        "<td style=\"background:rgba(%s,%.3f)\">%s</td>",
                        said == c ? "46,158,107" : "194,59,59",
                        n == 0 ? 0 : 0.08 + 0.72 * share,
                        n == 0 ? "" : Long.toString(n));
            }
            scores(c);
            page.raw("</tr>");
        }
        page.raw("</table></div>");
    }

    private void scores(int c) {
        double precision = ratio(of.confusion()[c][c], column(c));
        double recall = ratio(of.confusion()[c][c], row(c));
        double f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
        page.raw("<td>%.3f</td><td>%.3f</td><td>%.3f</td>", precision, recall, f1);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private record Confused(int truth, int said, long count) {}

    private void confusions() {
        var all = new ArrayList<Confused>();
        for (int t = 0; t < of.names().size(); t++) {
            for (int s = 0; s < of.names().size(); s++) {
                if (t != s && of.confusion()[t][s] > 0) {
                    all.add(new Confused(t, s, of.confusion()[t][s]));
                }
            }
        }
        all.sort(Comparator.comparingLong(Confused::count).reversed());
        page.raw("<table><tr><th>true</th><th>predicted</th><th>times</th><th>of</th></tr>");
        for (var c : all.subList(0, Math.min(LISTED, all.size()))) {
            page.raw("<tr><td>")
                    .text(of.names().get(c.truth()))
                    .raw("</td><td>")
                    .text(of.names().get(c.said()));
            page.raw("</td><td>%d</td><td>%d</td></tr>", c.count(), row(c.truth()));
        }
        page.raw("</table>");
    }
}
