package dev.nnd.compiler.cli.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * Pictures as one SVG, one below the other. A box stands one row below the lowest box that it reads, so that all arrows go
 * down; boxes of a row stand in execution order, each as near as it can to the boxes that it reads.
 */
public final class Svg {

    private static final int WIDTH = 210;
    private static final int HEIGHT = 40;
    private static final int GAP_X = 24;
    private static final int GAP_Y = 36;
    private static final int MARGIN = 24;
    private static final int TITLE = 34;
    private static final int LONGEST = 36;

    private final StringBuilder body = new StringBuilder();
    private int width;
    private int height = MARGIN;

    private Svg() {}

    /** The text of an {@code .svg} file. */
    public static String write(List<GraphPicture> pictures) {
        var svg = new Svg();
        pictures.forEach(svg::add);
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
                font-family="Helvetica, Arial, sans-serif" font-size="11">
                <rect width="100%%" height="100%%" fill="white"/>
                <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="6" markerHeight="6" \
                orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#888"/></marker></defs>
                """.formatted(svg.width + 2 * MARGIN, svg.height) + svg.body + "</svg>\n";
    }

    private void add(GraphPicture picture) {
        int[] rows = rows(picture);
        int[] columns = columns(picture, rows);
        body.append("<text x=\"%d\" y=\"%d\" font-size=\"16\" font-weight=\"bold\">%s</text>\n"
                .formatted(MARGIN, height + 12, escaped(picture.title())));
        int top = height + TITLE;
        for (GraphPicture.Arrow arrow : picture.arrows()) {
            int x1 = x(columns[arrow.from()]) + WIDTH / 2;
            int y1 = top + y(rows[arrow.from()]) + HEIGHT;
            int x2 = x(columns[arrow.to()]) + WIDTH / 2;
            int y2 = top + y(rows[arrow.to()]);
            int bend = Math.min(60, (y2 - y1) / 2 + 8);
            body.append(
                    "<path d=\"M%d,%d C%d,%d %d,%d %d,%d\" fill=\"none\" stroke=\"#888\" marker-end=\"url(#tip)\"/>\n"
                            .formatted(x1, y1, x1, y1 + bend, x2, y2 - bend, x2, y2));
        }
        for (int i = 0; i < picture.boxes().size(); i++) {
            box(picture.boxes().get(i), x(columns[i]), top + y(rows[i]));
            width = Math.max(width, x(columns[i]) + WIDTH - MARGIN);
            height = Math.max(height, top + y(rows[i]) + HEIGHT + MARGIN);
        }
    }

    private static int x(int column) {
        return MARGIN + column * (WIDTH + GAP_X);
    }

    private static int y(int row) {
        return row * (HEIGHT + GAP_Y);
    }

    /** A weight stands just above its first reader, not at the top with the inputs. */
    private static int[] rows(GraphPicture picture) {
        int[] rows = new int[picture.boxes().size()];
        for (GraphPicture.Arrow arrow : picture.arrows()) {
            boolean weight = picture.boxes().get(arrow.from()).kind() == GraphPicture.Kind.PARAMETER;
            rows[arrow.to()] = Math.max(rows[arrow.to()], weight ? 1 : rows[arrow.from()] + 1);
        }
        for (GraphPicture.Arrow arrow : picture.arrows().reversed()) {
            if (picture.boxes().get(arrow.from()).kind() == GraphPicture.Kind.PARAMETER) {
                rows[arrow.from()] = rows[arrow.to()] - 1;
            }
        }
        return rows;
    }

    private static int[] columns(GraphPicture picture, int[] rows) {
        int count = picture.boxes().size();
        int[] columns = new int[count];
        var reads = new ArrayList<List<Integer>>();
        for (int i = 0; i < count; i++) {
            reads.add(new ArrayList<>());
        }
        picture.arrows().forEach(a -> reads.get(a.to()).add(a.from()));
        var taken = new ArrayList<List<Integer>>();
        for (int i = 0; i < count; i++) {
            while (taken.size() <= rows[i]) {
                taken.add(new ArrayList<>());
            }
            int wish = (int) Math.round(
                    reads.get(i).stream().mapToInt(j -> columns[j]).average().orElse(0));
            int column = free(taken.get(rows[i]), wish);
            taken.get(rows[i]).add(column);
            columns[i] = column;
        }
        return columns;
    }

    /** The free column nearest to the one that is wished for. */
    private static int free(List<Integer> taken, int wish) {
        for (int distance = 0; ; distance++) {
            if (!taken.contains(wish + distance)) {
                return wish + distance;
            }
            if (wish - distance >= 0 && !taken.contains(wish - distance)) {
                return wish - distance;
            }
        }
    }

    private void box(GraphPicture.Box box, int x, int y) {
        String fill = switch (box.kind()) {
            case INPUT -> "#dbeafe";
            case OUTPUT -> "#dcfce7";
            case PARAMETER -> "#f3f4f6";
            case CALL -> "#fef3c7";
            case NODE -> "#ffffff";
        };
        int radius = box.kind() == GraphPicture.Kind.NODE || box.kind() == GraphPicture.Kind.CALL ? 3 : 18;
        body.append(
                "<g><title>%s</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" fill=\"%s\" stroke=\"#555\"/>"
                        .formatted(escaped(box.label() + "\n" + box.detail()), x, y, WIDTH, HEIGHT, radius, fill));
        String line = "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\"%s>%s</text>";
        body.append(line.formatted(x + WIDTH / 2, y + 16, " font-weight=\"bold\"", escaped(cut(box.label()))));
        body.append(line.formatted(x + WIDTH / 2, y + 31, " fill=\"#444\"", escaped(cut(box.detail()))));
        body.append("</g>\n");
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
