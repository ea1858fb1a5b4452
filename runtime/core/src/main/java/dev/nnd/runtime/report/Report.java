package dev.nnd.runtime.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The report of a run: a page that needs nothing beside itself.
 *
 * @param name the train section
 * @param state whether it goes on, in a word
 * @param facts when and how long, by name
 * @param best the metrics of the weights that are kept
 * @param history every evaluation
 * @param predictions of the latest evaluation
 * @param shown tells examples
 * @param drawn the address of a picture of what a generator draws
 * @param rows examples in each split
 * @param profile of the data
 * @param tables further tables by title: configuration, environment, timings
 */
public record Report(
        String name,
        String state,
        Map<String, String> facts,
        Map<String, Double> best,
        History history,
        List<Predictions> predictions,
        ShownExamples shown,
        Optional<String> drawn,
        Map<String, Double> rows,
        Optional<DataProfile> profile,
        Map<String, Map<String, String>> tables) {

    private static final String STYLE = """
            :root{color-scheme:light}
            body{font:15px/1.45 system-ui,sans-serif;color:#1d2330;background:#f5f6f8;margin:0}
            main{max-width:1180px;margin:0 auto;padding:20px 24px 60px}
            h1{font-size:26px;margin:8px 0 2px}h2{font-size:19px;margin:34px 0 10px;border-bottom:1px solid #d5d9e0;padding-bottom:4px}
            h3{font-size:15px;margin:18px 0 8px}small{color:#626b7a;font-weight:400}
            .state{font-size:13px;padding:2px 9px;border-radius:10px;background:#e1e6ee;vertical-align:middle}
            .tiles{display:flex;flex-wrap:wrap;gap:10px;margin:16px 0}
            .tile{background:#fff;border:1px solid #dfe3ea;border-radius:8px;padding:9px 15px;min-width:96px}
            .tile b{display:block;font-size:19px;font-variant-numeric:tabular-nums}.tile span{color:#626b7a;font-size:12.5px}
            .plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(350px,1fr));gap:14px}
            figure{margin:0;background:#fff;border:1px solid #dfe3ea;border-radius:8px;padding:8px}
            figcaption{font-size:12.5px;color:#626b7a;padding:2px 8px;overflow-wrap:anywhere}
            svg{width:100%;height:auto;display:block}svg text{font:11px system-ui,sans-serif;fill:#626b7a}
            svg .title{font-size:13px;font-weight:600;fill:#1d2330}.grid{stroke:#e7eaf0;fill:none}.axis{stroke:#99a2b2;fill:none}
            .curve{fill:none;stroke-width:1.8;stroke-linejoin:round}.dot{stroke-width:6;stroke-linecap:round}
            .chance{stroke:#99a2b2;stroke-dasharray:4 4;fill:none}
            table{border-collapse:collapse;background:#fff;font-size:13.5px;font-variant-numeric:tabular-nums}
            th,td{border:1px solid #dfe3ea;padding:3px 9px;text-align:left}th{background:#eef1f5;font-weight:600}
            .confusion td{text-align:right;min-width:34px}.scroll{overflow-x:auto;margin-bottom:14px}
            .bar{width:300px}.bar div{background:#3366cc;height:11px;border-radius:2px}
            .tables{display:flex;flex-wrap:wrap;gap:22px;align-items:flex-start}.tables td{max-width:430px;overflow-wrap:anywhere}
            .cards{display:flex;flex-wrap:wrap;gap:10px;margin:8px 0}
            .card{background:#fff;border:1px solid #dfe3ea;border-radius:8px;padding:8px;width:134px;font-size:13px;overflow-wrap:anywhere}
            .card.wide{width:345px}.card img{width:112px;image-rendering:pixelated;display:block;margin:0 auto 5px}
            .drawn{max-width:100%;image-rendering:pixelated}
            .bad{color:#b02a2a}
            @media print{body{background:#fff;font-size:11px}main{max-width:none;padding:0}
            figure,.card,.tile,table{break-inside:avoid}h2,h3{break-after:avoid}.plots{grid-template-columns:repeat(2,1fr)}
            *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
            """;

    public Report {
        predictions = List.copyOf(predictions);
        tables = new LinkedHashMap<>(tables);
    }

    /** The page; {@code seconds} after which a browser asks for it again, 0 for never. */
    public String html(int seconds) {
        var page = new Markup().raw(head(name, seconds));
        page.raw("<h1>").text(name).raw(" <span class=\"state\">").text(state).raw("</span></h1>");
        page.raw("<div class=\"tiles\">");
        facts.forEach((what, value) -> tile(page, what, value));
        best.forEach((what, value) -> tile(page, what, number(value)));
        page.raw("</div>");
        curves(page);
        drawn.ifPresent(
                address -> page.raw("<h2>Pictures</h2><img class=\"drawn\" alt=\"what the generator draws\" src=\"")
                        .text(address)
                        .raw("\">"));
        predictions.forEach(p -> page.raw(p.html(shown)));
        page.raw("<h2>Data</h2><table><tr><th>split</th><th>examples</th></tr>");
        rows.forEach((split, n) -> page.raw("<tr><td>").text(split).raw("</td><td>%,.0f</td></tr>", n));
        page.raw("</table>");
        profile.ifPresent(p -> page.raw(p.html()));
        page.raw("<h2>Run</h2><div class=\"tables\">");
        tables.forEach((title, table) -> table(page, title, table));
        return page.raw("</div></main></body></html>\n").toString();
    }

    /** The beginning of a page. */
    static String head(String title, int seconds) {
        var page = new Markup();
        page.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        if (seconds > 0) {
            page.raw("<meta http-equiv=\"refresh\" content=\"%d\">", seconds);
        }
        page.raw("<title>").text(title).raw("</title><style>").raw(STYLE).raw("</style></head><body><main>");
        return page.toString();
    }

    private static void tile(Markup page, String what, String value) {
        page.raw("<div class=\"tile\"><b>")
                .text(value)
                .raw("</b><span>")
                .text(what)
                .raw("</span></div>");
    }

    private void curves(Markup page) {
        if (history.lines().isEmpty()) {
            page.raw("<p>No evaluation is done yet.</p>");
            return;
        }
        page.raw("<h2>Curves</h2><div class=\"plots\">");
        for (String metric : history.metrics()) {
            page.raw("<figure>")
                    .raw(SvgPlot.curves(metric, history.across(), history.curves(metric)))
                    .raw("</figure>");
        }
        var rate = history.series(history.across(), "samples_per_second", "examples a second");
        page.raw("<figure>")
                .raw(SvgPlot.curves("examples a second", history.across(), List.of(rate)))
                .raw("</figure></div>");
    }

    private static void table(Markup page, String title, Map<String, String> table) {
        if (table.isEmpty()) {
            return;
        }
        page.raw("<table><tr><th colspan=\"2\">").text(title).raw("</th></tr>");
        table.forEach((what, value) ->
                page.raw("<tr><td>").text(what).raw("</td><td>").text(value).raw("</td></tr>"));
        page.raw("</table>");
    }

    /** A metric's text. */
    static String number(double value) {
        return Double.isFinite(value) && Math.abs(value) < 1e5 && (Math.abs(value) >= 1e-3 || value == 0)
                ? String.format(Locale.ROOT, "%.4f", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }
}
