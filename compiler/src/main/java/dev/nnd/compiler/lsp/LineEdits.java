package dev.nnd.compiler.lsp;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;

/** Edits by lines: what differs between two texts, by the longest common lines. */
final class LineEdits {

    /** Above this many pairs of differing lines the difference is one edit. */
    private static final long MOST_PAIRS = 4_000_000;

    private LineEdits() {}

    private static List<String> lines(String text) {
        var found = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                found.add(text.substring(start, i + 1));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            found.add(text.substring(start));
        }
        return found;
    }

    /** One edit per run of changed lines. */
    static List<TextEdit> of(String before, String after) {
        List<String> a = lines(before);
        List<String> b = lines(after);
        int head = 0;
        while (head < Math.min(a.size(), b.size()) && a.get(head).equals(b.get(head))) {
            head++;
        }
        int tail = 0;
        int most = Math.min(a.size(), b.size()) - head;
        while (tail < most && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
            tail++;
        }
        List<String> x = a.subList(head, a.size() - tail);
        List<String> y = b.subList(head, b.size() - tail);
        if ((long) x.size() * y.size() > MOST_PAIRS) {
            return List.of(edit(head, head + x.size(), y));
        }
        return runs(x, y, head);
    }

    private static List<TextEdit> runs(List<String> x, List<String> y, int offset) {
        int[][] common = new int[x.size() + 1][y.size() + 1];
        for (int i = x.size() - 1; i >= 0; i--) {
            for (int j = y.size() - 1; j >= 0; j--) {
                common[i][j] = x.get(i).equals(y.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        var edits = new ArrayList<TextEdit>();
        int i = 0;
        int j = 0;
        while (i < x.size() || j < y.size()) {
            int fromX = i;
            int fromY = j;
            while (i < x.size() && j < y.size() && x.get(i).equals(y.get(j))) {
                i++;
                j++;
                fromX = i;
                fromY = j;
            }
            while ((i < x.size() || j < y.size())
                    && !(i < x.size() && j < y.size() && x.get(i).equals(y.get(j)))) {
                boolean left = j == y.size() || (i < x.size() && common[i + 1][j] >= common[i][j + 1]);
                i += left ? 1 : 0;
                j += left ? 0 : 1;
            }
            if (i > fromX || j > fromY) {
                edits.add(edit(offset + fromX, offset + i, y.subList(fromY, j)));
            }
        }
        return edits;
    }

    private static TextEdit edit(int from, int to, List<String> lines) {
        return new TextEdit(new Range(new Position(from, 0), new Position(to, 0)), String.join("", lines));
    }
}
