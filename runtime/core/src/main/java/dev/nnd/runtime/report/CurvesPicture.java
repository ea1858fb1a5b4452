package dev.nnd.runtime.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All curves of a run in one picture, two in a row. */
public final class CurvesPicture {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int LEFT = 80;
    private static final int TOP = 40;
    private static final int RIGHT = 20;
    private static final int BOTTOM = 40;
    private static final int GRID = 0xE7EAF0;
    private static final int TEXT = 0x4A5262;

    private CurvesPicture() {}

    /** As a PNG file. */
    public static byte[] of(History history) {
        var metrics = history.metrics();
        int columns = Math.clamp(metrics.size(), 1, 2);
        var canvas = new Canvas(columns * WIDTH, Math.max(1, Math.ceilDiv(metrics.size(), columns)) * HEIGHT);
        for (int i = 0; i < metrics.size(); i++) {
            var metric = metrics.get(i);
            new Plot(canvas, i % columns * WIDTH, i / columns * HEIGHT, history.curves(metric), metric.endsWith("loss"))
                    .draw(metric, history.across());
        }
        return canvas.png();
    }

    /** Curves over the same numbers in one plot, by their names, as a PNG file. */
    public static byte[] of(String title, String acrossName, double[] x, Map<String, double[]> curves) {
        var canvas = new Canvas(WIDTH, HEIGHT);
        var all = new ArrayList<Series>();
        new TreeMap<>(curves).forEach((name, y) -> all.add(new Series(name, x, y)));
        new Plot(canvas, 0, 0, all, title.endsWith("loss")).draw(title, acrossName);
        return canvas.png();
    }

    /** One of them. */
    private record Plot(Canvas canvas, int left, int top, List<Series> curves, Axis across, Axis up) {

        Plot(Canvas canvas, int left, int top, List<Series> curves, boolean loss) {
            this(
                    canvas,
                    left,
                    top,
                    curves,
                    Axis.around(curves.stream().map(Series::x).toList(), false),
                    Axis.around(curves.stream().map(Series::y).toList(), loss));
        }

        private double x(double value) {
            return left + LEFT + across.place(value) * (WIDTH - LEFT - RIGHT);
        }

        private double y(double value) {
            return top + HEIGHT - BOTTOM - up.place(value) * (HEIGHT - TOP - BOTTOM);
        }

        void draw(String title, String acrossName) {
            canvas.text(title, left + LEFT, top + 14, 2, TEXT);
            for (double tick : up.ticks()) {
                canvas.line(left + LEFT, y(tick), left + WIDTH - RIGHT, y(tick), 1, GRID);
                var text = Axis.text(tick);
                canvas.text(text, left + LEFT - 8 - Canvas.width(text, 1), (int) y(tick) - 4, 1, TEXT);
            }
            for (double tick : across.ticks(1)) {
                var text = Axis.text(tick);
                canvas.text(text, (int) x(tick) - Canvas.width(text, 1) / 2, top + HEIGHT - BOTTOM + 8, 1, TEXT);
            }
            int right = left + WIDTH - RIGHT;
            canvas.text(acrossName, right - Canvas.width(acrossName, 1), top + HEIGHT - 16, 1, TEXT);
            int legend = right;
            for (int i = curves.size() - 1; i >= 0; i--) {
                legend -= Canvas.width(curves.get(i).name(), 1) + 8;
                canvas.text(
                        curves.get(i).name(),
                        legend,
                        top + 18,
                        1,
                        Palette.rgb(curves.get(i).name(), i));
                curve(curves.get(i), Palette.rgb(curves.get(i).name(), i));
            }
        }

        private void curve(Series s, int rgb) {
            for (int i = 0; i < s.x().length; i++) {
                int before = Math.max(0, i - 1);
                if (Double.isFinite(s.y()[i]) && Double.isFinite(s.y()[before])) {
                    canvas.line(x(s.x()[before]), y(s.y()[before]), x(s.x()[i]), y(s.y()[i]), i == 0 ? 4 : 2, rgb);
                }
            }
        }
    }
}
