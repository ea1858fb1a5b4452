package dev.nnd.runtime.report;

import java.util.List;
import java.util.stream.Stream;

/** Draws curves and points as SVG. */
final class SvgPlot {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 250;
    private static final int LEFT = 56;
    private static final int BOTTOM = 34;
    private static final int TOP = 30;
    private static final int RIGHT = 12;
    /** More corners than that can't be seen. */
    private static final int CORNERS = 1000;

    private final Axis across;
    private final Axis up;
    private final Markup svg = new Markup();

    private SvgPlot(String title, String acrossName, Axis across, Axis up) {
        this.across = across;
        this.up = up;
        svg.raw("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, Markup.escaped(title));
        svg.raw("<text x=\"%d\" y=\"16\" class=\"title\">%s</text>", LEFT, Markup.escaped(title));
        for (double tick : up.ticks()) {
            svg.raw("<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y(tick), WIDTH - RIGHT);
            svg.raw(
                    "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 6, y(tick) + 4, Axis.text(tick));
        }
        for (double tick : across.ticks(acrossName.equals("epoch") || acrossName.equals("step") ? 1 : 0)) {
            svg.raw(
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    x(tick), HEIGHT - BOTTOM + 15, Axis.text(tick));
        }
        svg.raw("<path class=\"axis\" d=\"M%d %dV%dH%d\"/>", LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
        svg.raw(
                "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                WIDTH - RIGHT, HEIGHT - 4, Markup.escaped(acrossName));
    }

    private double x(double value) {
        return LEFT + across.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - up.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    /** Curves with a legend; the axes hold all of them. */
    static String curves(String title, String acrossName, List<Series> all) {
        var across = Axis.around(all.stream().map(Series::x).toList(), false);
        var up = Axis.around(all.stream().map(Series::y).toList(), title.endsWith("loss"));
        return drawn(title, acrossName, across, up, all);
    }

    /** Curves of shares, and what chance would give as a dashed line. */
    static String shares(String title, String acrossName, List<Series> all, boolean diagonal) {
        var plot = new SvgPlot(title, acrossName, Axis.unit(), Axis.unit());
        if (diagonal) {
            plot.svg.raw(
                    "<path class=\"chance\" d=\"M%.1f %.1fL%.1f %.1f\"/>", plot.x(0), plot.y(0), plot.x(1), plot.y(1));
        }
        plot.lines(all);
        return plot.done();
    }

    private static String drawn(String title, String acrossName, Axis across, Axis up, List<Series> all) {
        var plot = new SvgPlot(title, acrossName, across, up);
        plot.lines(all);
        return plot.done();
    }

    /** Points, and the line where both numbers are equal. */
    static String points(String title, String acrossName, Series points) {
        var both = Axis.around(Stream.of(points.x(), points.y()).toList(), false);
        var plot = new SvgPlot(title, acrossName, both, both);
        plot.svg.raw(
                "<path class=\"chance\" d=\"M%.1f %.1fL%.1f %.1f\"/>",
                plot.x(both.low()), plot.y(both.low()), plot.x(both.high()), plot.y(both.high()));
        plot.dots(points, 2);
        return plot.done();
    }

    /** Points. */
    static String scatter(String title, String acrossName, Series points) {
        var plot = new SvgPlot(
                title,
                acrossName,
                Axis.around(List.of(points.x()), false),
                Axis.around(List.of(points.y()), title.contains("loss")));
        plot.dots(points, 4);
        return plot.done();
    }

    private void dots(Series points, int radius) {
        for (int i = 0; i < points.x().length; i++) {
            if (Double.isFinite(points.x()[i]) && Double.isFinite(points.y()[i])) {
                svg.raw(
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\" fill-opacity=\".5\"/>",
                        x(points.x()[i]), y(points.y()[i]), radius, Palette.css(0));
            }
        }
    }

    /** Bars over equal parts of a range. */
    static String bars(String title, String acrossName, double low, double high, long[] counts) {
        double most = 1;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        var plot = new SvgPlot(
                title, acrossName, new Axis(low, high > low ? high : low + 1, false), new Axis(0, most * 1.05, false));
        double width = (double) (WIDTH - LEFT - RIGHT) / counts.length;
        for (int i = 0; i < counts.length; i++) {
            double top = plot.y(counts[i]);
            plot.svg.raw(
                    "<path fill=\"%s\" d=\"M%.1f %.1fh%.1fV%.1fh-%.1fz\"/>",
                    Palette.css(0), LEFT + i * width + 0.5, (double) HEIGHT - BOTTOM, width - 1, top, width - 1);
        }
        return plot.done();
    }

    private void lines(List<Series> all) {
        int legend = WIDTH - RIGHT;
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.size() <= 10) {
                String name = all.get(i).name();
                svg.raw(
                        "<text class=\"tick\" x=\"%d\" y=\"16\" text-anchor=\"end\" style=\"fill:%s\">%s</text>",
                        legend, Palette.css(name, i), Markup.escaped(name));
                legend -= 7 * name.length() + 10;
            }
            line(all.get(i), i);
        }
    }

    private void line(Series series, int colour) {
        var path = new StringBuilder();
        int every = Math.max(1, series.x().length / CORNERS);
        boolean pen = false;
        int drawn = 0;
        for (int i = 0; i < series.x().length; i++) {
            double v = series.y()[i];
            if (!Double.isFinite(v) || !Double.isFinite(series.x()[i])) {
                pen = false;
            } else if (i % every == 0 || i == series.x().length - 1) {
                path.append(
                        String.format(java.util.Locale.ROOT, "%s%.1f %.1f", pen ? "L" : "M", x(series.x()[i]), y(v)));
                pen = true;
                drawn++;
            }
        }
        if (drawn == 1) {
            path.append("h.1");
        }
        svg.raw(
                "<path class=\"curve%s\" stroke=\"%s\" d=\"%s\"/>",
                drawn == 1 ? " dot" : "", Palette.css(series.name(), colour), path);
    }

    private String done() {
        return svg.raw("</svg>").toString();
    }
}
