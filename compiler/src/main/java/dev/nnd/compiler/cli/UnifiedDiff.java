package dev.nnd.compiler.cli;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts as {@code diff -u} prints it. */
final class UnifiedDiff {

    private static final int CONTEXT = 3;

    /** Pairs of lines that are compared at most; past that the changed stretch is shown as a whole. */
    private static final long MOST_PAIRS = 4_000_000;

    /** A line that both texts have (' '), or only the old ('-') or the new one ('+'). */
    private record Line(char sign, String text) {}

    private final List<String> before;
    private final List<String> after;
    private final List<Line> lines = new ArrayList<>();

    private UnifiedDiff(String before, String after) {
        this.before = split(before);
        this.after = split(after);
    }

    /** Hunks with three lines around each; empty for equal texts. */
    static String of(String name, String before, String after) {
        if (before.equals(after)) {
            return "";
        }
        var diff = new UnifiedDiff(before, after);
        diff.compare();
        return "--- " + name + "\n+++ " + name + "\n" + diff.hunks();
    }

    private static List<String> split(String text) {
        var lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        } else {
            lines.add(lines.removeLast() + "\n\\ No newline at end of file");
        }
        return lines;
    }

    private void compare() {
        int start = 0;
        int endBefore = before.size();
        int endAfter = after.size();
        while (start < endBefore && start < endAfter && before.get(start).equals(after.get(start))) {
            lines.add(new Line(' ', before.get(start++)));
        }
        while (endBefore > start
                && endAfter > start
                && before.get(endBefore - 1).equals(after.get(endAfter - 1))) {
            endBefore--;
            endAfter--;
        }
        middle(start, endBefore, endAfter);
        before.subList(endBefore, before.size()).forEach(l -> lines.add(new Line(' ', l)));
    }

    /** By the longest common subsequence of the lines. */
    private void middle(int start, int endBefore, int endAfter) {
        int n = endBefore - start;
        int m = endAfter - start;
        boolean small = (long) n * m <= MOST_PAIRS;
        int[][] common = new int[small ? n + 1 : 1][small ? m + 1 : 1];
        for (int i = small ? n - 1 : -1; i >= 0; i--) {
            for (int j = m - 1; j >= 0; j--) {
                common[i][j] = before.get(start + i).equals(after.get(start + j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (small && i < n && j < m) {
            if (before.get(start + i).equals(after.get(start + j))) {
                lines.add(new Line(' ', before.get(start + i++)));
                j++;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                lines.add(new Line('-', before.get(start + i++)));
            } else {
                lines.add(new Line('+', after.get(start + j++)));
            }
        }
        before.subList(start + i, endBefore).forEach(l -> lines.add(new Line('-', l)));
        after.subList(start + j, endAfter).forEach(l -> lines.add(new Line('+', l)));
    }

    private String hunks() {
        var out = new StringBuilder();
        int at = 0;
        while (at < lines.size()) {
            int first = nextChange(at);
            if (first == lines.size()) {
                break;
            }
            int last = first;
            for (int next = first; next < lines.size() && next <= last + 2 * CONTEXT; next = nextChange(next + 1)) {
                last = next;
            }
            int from = Math.max(at, first - CONTEXT);
            int to = Math.min(lines.size(), last + CONTEXT + 1);
            hunk(from, to, out);
            at = to;
        }
        return out.toString();
    }

    private int nextChange(int from) {
        int at = from;
        while (at < lines.size() && lines.get(at).sign() == ' ') {
            at++;
        }
        return at;
    }

    private void hunk(int from, int to, StringBuilder out) {
        out.append("@@ -")
                .append(range('+', from, to))
                .append(" +")
                .append(range('-', from, to))
                .append(" @@\n");
        lines.subList(from, to)
                .forEach(l -> out.append(l.sign()).append(l.text()).append('\n'));
    }

    /** First line and number of lines, of the text that does not have lines of the other sign. */
    private String range(char other, int from, int to) {
        long first =
                lines.subList(0, from).stream().filter(l -> l.sign() != other).count();
        long count =
                lines.subList(from, to).stream().filter(l -> l.sign() != other).count();
        return (count == 0 ? first : first + 1) + "," + count;
    }
}
