package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Findings as rustc shows them.
 *
 * @param colour true for ANSI colours
 */
record TextRenderer(boolean colour) implements DiagnosticRenderer {

    private static final String BOLD = "\u001b[1m";
    private static final String RED = "\u001b[1;31m";
    private static final String YELLOW = "\u001b[1;33m";
    private static final String BLUE = "\u001b[1;34m";
    private static final String GREEN = "\u001b[1;32m";
    private static final String RESET = "\u001b[0m";

    /** A mark under a line: the finding itself, or a remark of it. */
    private record Mark(Span span, String remark, boolean primary) {}

    @Override
    public String render(List<Diagnostic> diagnostics) {
        var places = new Places();
        var out = new StringBuilder();
        for (Diagnostic diagnostic : DiagnosticRenderer.sorted(diagnostics)) {
            diagnostic(diagnostic, places, out);
            out.append('\n');
        }
        return out.toString();
    }

    private void diagnostic(Diagnostic d, Places places, StringBuilder out) {
        String severity = d.severity().name().toLowerCase(Locale.ROOT) + "[" + d.code() + "]";
        out.append(paint(d.severity() == Severity.ERROR ? RED : YELLOW, severity))
                .append(paint(BOLD, ": " + d.message()))
                .append('\n');
        var byFile = marks(d);
        int width = byFile.values().stream()
                .flatMap(List::stream)
                .mapToInt(m -> String.valueOf(places.of(m.span.file()).line(m.span.start()))
                        .length())
                .max()
                .orElse(1);
        String margin = " ".repeat(width);
        byFile.forEach((file, marks) -> {
            Places.Lines lines = places.of(file);
            boolean own = file.equals(d.span().file());
            Span first = own ? d.span() : marks.getFirst().span;
            out.append(margin)
                    .append(paint(BLUE, own ? "--> " : "::: "))
                    .append(file.name() + ":" + lines.line(first.start()) + ":" + lines.column(first.start()))
                    .append('\n');
            out.append(margin).append(paint(BLUE, " |")).append('\n');
            source(marks, lines, width, d.severity(), out);
        });
        out.append(margin).append(paint(BLUE, " |")).append('\n');
        d.notes().forEach(note -> remark("note", note, out));
        help(d).ifPresent(help -> remark("help", help, out));
    }

    private void remark(String kind, String text, StringBuilder out) {
        out.append(paint(kind.equals("help") ? GREEN : BOLD, kind + ":"))
                .append(' ')
                .append(text.replace("\n", "\n      "))
                .append('\n');
    }

    private static Optional<String> help(Diagnostic d) {
        return d.help()
                .or(() -> d.fix()
                        .map(fix ->
                                fix.edits().stream().map(TextRenderer::words).collect(Collectors.joining(", and "))));
    }

    private static String words(Diagnostic.Edit edit) {
        String old = edit.span().text();
        return old.isEmpty()
                ? "insert `" + edit.replacement().strip() + "`"
                : edit.replacement().isEmpty()
                        ? "delete `" + old.strip() + "`"
                        : "write `" + edit.replacement() + "` for `" + old + "`";
    }

    /** The marks of each file, the finding's own file first, from the top of the file. */
    private static LinkedHashMap<SourceFile, List<Mark>> marks(Diagnostic d) {
        var marks = new LinkedHashMap<SourceFile, List<Mark>>();
        String own = d.labels().stream()
                .filter(l -> l.span().equals(d.span()))
                .map(Diagnostic.Label::remark)
                .findFirst()
                .orElse("");
        marks.computeIfAbsent(d.span().file(), f -> new ArrayList<>()).add(new Mark(d.span(), own, true));
        for (Diagnostic.Label label : d.labels()) {
            if (!label.span().equals(d.span())) {
                marks.computeIfAbsent(label.span().file(), f -> new ArrayList<>())
                        .add(new Mark(label.span(), label.remark(), false));
            }
        }
        marks.values().forEach(list -> list.sort(Comparator.comparingInt(m -> m.span.start())));
        return marks;
    }

    private void source(List<Mark> marks, Places.Lines lines, int width, Severity severity, StringBuilder out) {
        var byLine = new LinkedHashMap<Integer, List<Mark>>();
        for (Mark mark : marks) {
            byLine.computeIfAbsent(lines.line(mark.span.start()), l -> new ArrayList<>())
                    .add(mark);
        }
        byLine.forEach((line, here) -> {
            String text = lines.text(line);
            int first = here.getFirst().span.start() - lines.start(line);
            var row = DisplayLine.of(text, Math.min(first, text.length()));
            String number = String.valueOf(line);
            out.append(paint(BLUE, " ".repeat(width - number.length()) + number + " |"))
                    .append(row.text().isBlank() ? "" : " " + row.text())
                    .append('\n');
            for (Mark mark : here) {
                underline(mark, lines.start(line), row, width, severity, out);
            }
        });
    }

    private void underline(Mark mark, int lineStart, DisplayLine row, int width, Severity severity, StringBuilder out) {
        int from = row.column(mark.span.start() - lineStart);
        int to = Math.max(from + 1, row.column(mark.span.end() - lineStart));
        String sign = mark.primary ? "^" : "-";
        String text = sign.repeat(to - from) + (mark.remark.isEmpty() ? "" : " " + mark.remark);
        String colourOfMark = mark.primary ? (severity == Severity.ERROR ? RED : YELLOW) : BLUE;
        out.append(" ".repeat(width))
                .append(paint(BLUE, " |"))
                .append(" ".repeat(from + 1))
                .append(paint(colourOfMark, text))
                .append('\n');
    }

    private String paint(String style, String text) {
        return colour ? style + text + RESET : text;
    }
}
