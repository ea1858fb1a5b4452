package dev.nnd.grammar.format;

import dev.nnd.grammar.NndLexer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Columns. Words of neighbouring lines that the author put under each other with more than one space stay under each
 * other: in the leftmost column where all of them have room. Other runs of spaces become one.
 */
final class Alignment {

    /** The space between code and a comment behind it. */
    static final int COMMENT_GAP = 1;

    /** A word or a comment behind a line. */
    private record Cell(Line line, int word, boolean comment, Word.Place place, int due) {

        boolean wide() {
            return place.blanks() > due;
        }
    }

    /** A line of the result and the spaces added in it. */
    private static final class Line {
        private final int start;
        private final int end;
        private final Map<Integer, Integer> added = new HashMap<>();

        Line(int start, int end) {
            this.start = start;
            this.end = end;
        }
    }

    private final List<Word> words;
    private final LineBreaks breaks;
    private final int[] added;
    private final int[] addedToComment;

    Alignment(Outline outline, LineBreaks breaks) {
        this.words = outline.words();
        this.breaks = breaks;
        this.added = new int[words.size()];
        this.addedToComment = new int[words.size()];
        groups().stream()
                .filter(group -> group.size() > 1)
                .sorted(Comparator.comparingInt(
                        group -> group.getFirst().place().column()))
                .forEach(this::align);
    }

    /** Spaces to add before a word. */
    int added(int word) {
        return added[word];
    }

    /** Spaces to add before the comment that stands behind the line before this word. */
    int addedToComment(int word) {
        return addedToComment[word];
    }

    private List<List<Cell>> groups() {
        var groups = new ArrayList<List<Cell>>();
        Map<Word.Place, List<Cell>> above = Map.of();
        for (int start = 0; start < words.size(); start = breaks.lineEnd(start)) {
            var here = new HashMap<Word.Place, List<Cell>>();
            for (Cell cell : cells(new Line(start, breaks.lineEnd(start)))) {
                List<Cell> group = above.get(key(cell.place(), -1));
                if (group == null || !belong(group.getLast(), cell)) {
                    group = new ArrayList<>();
                    groups.add(group);
                }
                group.add(cell);
                here.put(key(cell.place(), 0), group);
            }
            above = here;
        }
        return groups;
    }

    /** Arrows stand under arrows, names and values under names and values, and one of them was moved there. */
    private boolean belong(Cell above, Cell below) {
        if (above.comment() || below.comment()) {
            return above.comment() && below.comment() && (above.wide() || below.wide());
        }
        Word first = words.get(above.word());
        Word second = words.get(below.word());
        return (above.wide() || below.wide())
                && first.owner().kind() == second.owner().kind()
                && symbol(first) == symbol(second);
    }

    private static int symbol(Word word) {
        return switch (word.type()) {
            case NndLexer.MINUS, NndLexer.LPAREN, NndLexer.LBRACK -> 0;
            default -> word.type() > NndLexer.STRING ? word.type() : 0;
        };
    }

    private static Word.Place key(Word.Place place, int rows) {
        return new Word.Place(place.row() + rows, place.column(), 0);
    }

    /** What may be aligned in a line; nothing if it was put together of several, or begins with an operator that hangs. */
    private List<Cell> cells(Line line) {
        var cells = new ArrayList<Cell>();
        for (int w = line.start + 1; w < line.end; w++) {
            Word word = words.get(w);
            if (word.broken()) {
                return List.of();
            }
            if (word.spaced()) {
                cells.add(new Cell(line, w, false, word.place(), 1));
            }
        }
        if (line.end < words.size()) {
            Word next = words.get(line.end);
            if (!next.comments().isEmpty() && next.comments().getFirst().breaks() == 0) {
                Word.Place place = next.comments().getFirst().place();
                cells.add(new Cell(line, line.end, true, place, COMMENT_GAP));
            }
        }
        return breaks.hangs(line.start) ? List.of() : cells;
    }

    private void align(List<Cell> group) {
        int column = group.stream().mapToInt(this::column).max().orElse(0);
        boolean fits = group.stream()
                .allMatch(c -> c.comment()
                        || c.place().blanks() == 0
                        || width(c.line()) + column - column(c) <= LineBreaks.WIDTH);
        if (!fits) {
            return;
        }
        for (Cell cell : group) {
            int more = column - column(cell);
            if (cell.comment()) {
                addedToComment[cell.word()] = more;
            } else if (more > 0) {
                added[cell.word()] = more;
                cell.line().added.put(cell.word(), more);
            }
        }
    }

    private int column(Cell cell) {
        Line line = cell.line();
        int natural = breaks.column(line.start) + breaks.width(line.start, cell.word()) + cell.due();
        int before = 0;
        for (var one : line.added.entrySet()) {
            before += one.getKey() < cell.word() ? one.getValue() : 0;
        }
        return natural + before;
    }

    private int width(Line line) {
        int more = line.added.values().stream().mapToInt(Integer::intValue).sum();
        return breaks.column(line.start) + breaks.width(line.start, line.end) + more;
    }
}
