package dev.nnd.runtime.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The page of a search: every trial in a table, and the objective over each parameter. */
public final class SearchPage {

    private SearchPage() {}

    /**
     * A trial.
     *
     * @param values of the parameters, as text
     * @param value the objective; NaN if there is none
     * @param problem why it failed; empty if it did not
     */
    public record Row(String name, Map<String, String> values, double value, long epochs, String problem) {}

    /** The page, which needs nothing beside itself. */
    public static String html(
            String name, String objective, boolean maximize, List<String> parameters, List<Row> rows) {
        var page = new Markup();
        page.raw(Report.head(name, 0))
                .raw("<h1>")
                .text(name)
                .raw(" <small>")
                .text((maximize ? "maximize " : "minimize ") + objective);
        page.raw("</small></h1><div class=\"plots\">");
        page.raw("<figure>")
                .raw(SvgPlot.curves(objective + " of the trials", "trial", List.of(all(rows), best(rows, maximize))))
                .raw("</figure>");
        for (String parameter : parameters) {
            over(parameter, objective, rows, page);
        }
        page.raw("</div><h2>Trials</h2><table><tr><th></th><th>trial</th>");
        parameters.forEach(p -> page.raw("<th>").text(p).raw("</th>"));
        page.raw("<th>").text(objective).raw("</th><th>epochs</th></tr>");
        int rank = 0;
        var order = Comparator.comparingDouble(
                (Row r) -> Double.isNaN(r.value()) ? Double.POSITIVE_INFINITY : maximize ? -r.value() : r.value());
        for (var row : rows.stream().sorted(order).toList()) {
            page.raw("<tr><td>%d</td><td>", ++rank).text(row.name()).raw("</td>");
            parameters.forEach(
                    p -> page.raw("<td>").text(row.values().getOrDefault(p, "")).raw("</td>"));
            page.raw("<td>").text(row.problem().isEmpty() ? Report.number(row.value()) : row.problem());
            page.raw("</td><td>%d</td></tr>", row.epochs());
        }
        return page.raw("</table></main></body></html>\n").toString();
    }

    private static Series all(List<Row> rows) {
        return new Series(
                "each",
                java.util.stream.IntStream.rangeClosed(1, rows.size())
                        .mapToDouble(i -> i)
                        .toArray(),
                rows.stream().mapToDouble(Row::value).toArray());
    }

    private static Series best(List<Row> rows, boolean maximize) {
        var x = all(rows).x();
        var y = new double[rows.size()];
        double best = Double.NaN;
        for (int i = 0; i < y.length; i++) {
            double now = rows.get(i).value();
            best = Double.isNaN(best) || (maximize ? now > best : now < best) ? now : best;
            y[i] = best;
        }
        return new Series("best so far", x, y);
    }

    /** Of a parameter of numbers; over its logarithm where its values lie far apart. */
    private static void over(String parameter, String objective, List<Row> rows, Markup page) {
        var numbers = rows.stream()
                .mapToDouble(r -> number(r.values().getOrDefault(parameter, "")))
                .toArray();
        var range = java.util.Arrays.stream(numbers).filter(Double::isFinite).summaryStatistics();
        if (range.getCount() < numbers.length || range.getCount() == 0) {
            return;
        }
        boolean logarithmic = range.getMin() > 0 && range.getMax() / range.getMin() > 50;
        var x = logarithmic ? java.util.Arrays.stream(numbers).map(Math::log10).toArray() : numbers;
        page.raw("<figure>")
                .raw(SvgPlot.scatter(
                        objective + " over " + parameter,
                        logarithmic ? "log10 " + parameter : parameter,
                        new Series("", x, rows.stream().mapToDouble(Row::value).toArray())))
                .raw("</figure>");
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
