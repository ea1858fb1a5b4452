package dev.nnd.runtime.report;

import java.util.List;

/** Examples that a model gets wrong, as they are. */
final class ExampleCards {
    private static final int LONGEST = 400;

    private ExampleCards() {}

    static String html(String split, String title, String weight, List<Example> worst, ShownExamples shown) {
        if (worst.isEmpty()) {
            return "";
        }
        var page = new Markup().raw("<h3>%s</h3><div class=\"cards\">", Markup.escaped(title));
        for (var example : worst) {
            page.raw("<div class=\"card%s\">", example.image() == null ? " wide" : "");
            if (example.image() != null) {
                page.raw("<img src=\"%s\" alt=\"\">", example.image());
            }
            page.raw(
                    "<div><b>%s</b> taken for <b class=\"bad\">%s</b><br><small>%s %s",
                    Markup.escaped(example.truth()),
                    Markup.escaped(example.said()),
                    weight,
                    Axis.text(round(example.weight())));
            String text = shown.of(split, example.index());
            page.raw("<br>")
                    .text(text.length() > LONGEST ? text.substring(0, LONGEST) + " ..." : text)
                    .raw("</small></div></div>");
        }
        return page.raw("</div>").toString();
    }

    private static double round(double v) {
        return Math.round(v * 1000) / 1000.0;
    }
}
