package dev.nnd.grammar.format;

import dev.nnd.grammar.NndLexer;
import dev.nnd.grammar.format.Construct.Kind;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.antlr.v4.runtime.Token;

/**
 * Decides which words begin lines: those that must, those before which the author broke the line where that is allowed,
 * and where a line is too long all of a construct's, outer constructs first.
 */
final class LineBreaks {

    static final int WIDTH = 120;
    static final int STEP = 2;
    /** What may follow a closing bracket: {@code " {"} or a comma. */
    private static final int TAIL = 2;
    /** Operators hang under what comes before the first operand up to this column. */
    private static final int HANG = 40;

    private final List<Word> words;
    private final List<Construct> constructs;
    private final BitSet starts = new BitSet();
    private final int[] ends;

    LineBreaks(Outline outline) {
        this.words = outline.words();
        this.constructs = outline.constructs();
        this.ends = new int[words.size() + 1];
        for (int i = 0; i < words.size(); i++) {
            ends[i + 1] = ends[i] + words.get(i).advance();
        }
        due();
        constructs.forEach(this::kept);
        constructs.forEach(this::fit);
    }

    /** True if the word begins a line. */
    boolean starts(int word) {
        return starts.get(word);
    }

    /** The word that begins the line of a word. */
    int lineStart(int word) {
        return Math.max(0, starts.previousSetBit(word));
    }

    /** The first word of the next line. */
    int lineEnd(int word) {
        int next = starts.nextSetBit(word + 1);
        return next < 0 ? words.size() : next;
    }

    private void due() {
        starts.set(0);
        for (int i = 1; i < words.size(); i++) {
            Word word = words.get(i);
            boolean empty = word.type() == NndLexer.RBRACE && words.get(i - 1).type() == NndLexer.LBRACE;
            Kind owner = word.owner().kind();
            boolean item = owner == Kind.FILE || owner == Kind.BODY && !empty;
            if (item || !word.comments().isEmpty() || word.type() == Token.EOF) {
                starts.set(i);
            }
            if (owner == Kind.BRACKET && !word.comments().isEmpty()) {
                word.owner().expand();
            }
        }
    }

    private void kept(Construct construct) {
        if (construct.kind() == Kind.BRACKET) {
            boolean empty = construct.last() == construct.first() + 1;
            boolean broken = !empty && words.get(construct.first() + 1).broken();
            if (construct.expanded() || broken) {
                expand(construct);
            } else {
                return;
            }
        }
        for (int w : construct.places()) {
            if (words.get(w).broken()) {
                starts.set(w);
            }
        }
    }

    /** Breaks behind the opening bracket and before the closing one. */
    private void expand(Construct bracket) {
        bracket.expand();
        starts.set(bracket.first() + 1);
        starts.set(bracket.last());
    }

    private void fit(Construct construct) {
        for (int w : construct.due()) {
            if (!starts.get(w) && tooLong(w) && crosses(construct)) {
                if (construct.kind() == Kind.BRACKET) {
                    expand(construct);
                }
                construct.due().forEach(starts::set);
                return;
            }
        }
    }

    private boolean tooLong(int word) {
        int start = lineStart(word);
        return column(start) + width(start, lineEnd(word)) > WIDTH;
    }

    /** Breaking a bracket that ends well within the line would not help. */
    private boolean crosses(Construct construct) {
        if (construct.kind() != Kind.BRACKET || construct.expanded()) {
            return true;
        }
        int start = lineStart(construct.last());
        return column(start) + width(start, construct.last() + 1) + TAIL > WIDTH;
    }

    /** The width of some words on one line. */
    int width(int from, int to) {
        return ends[to] - ends[from] - (words.get(from).spaced() ? 1 : 0) + (commaAfter(to - 1) ? 1 : 0);
    }

    /** True if a comma is to be added behind a word: the last item of a bracket with its items on lines of their own. */
    boolean commaAfter(int word) {
        if (word + 1 >= words.size()) {
            return false;
        }
        Construct owner = words.get(word + 1).owner();
        return owner.kind() == Kind.BRACKET
                && owner.last() == word + 1
                && owner.first() < word
                && owner.expanded()
                && owner.commaAtEnd();
    }

    /** Where a line begins, in a text without alignment. */
    int column(int start) {
        Word word = words.get(start);
        Construct owner = word.owner();
        int indent = indent(start);
        if (hangs(start)) {
            int line = lineStart(owner.first());
            int operand = column(line) + width(line, owner.first()) + 1;
            return hang(indent, operand, word);
        }
        return indent;
    }

    /** The column of an operator that begins a line, so that its operand stands under the first one. */
    static int hang(int indent, int operand, Word operator) {
        int column = operand - operator.text().length() - 1;
        return column <= HANG ? Math.max(indent, column) : indent;
    }

    /** True for an operator that begins a line in the expression right after a keyword or {@code =}. */
    boolean hangs(int start) {
        Construct owner = words.get(start).owner();
        if (owner.kind() != Kind.CHAIN || !owner.isPlace(start) || starts.get(owner.first())) {
            return false;
        }
        Construct around = Objects.requireNonNull(owner.parent());
        while (around.kind() == Kind.PIPE && around.first() == owner.first()
                || around.kind() == Kind.CHAIN && around.first() == owner.first()) {
            around = Objects.requireNonNull(around.parent());
        }
        int first = owner.first();
        boolean direct = first == around.first() + 1 || words.get(first - 1).type() == NndLexer.ASSIGN;
        return around.kind() == Kind.STATEMENT && direct;
    }

    /** How far the lines of a construct that begins on the line of this word are moved in, less one step. */
    private int lineIndent(int word) {
        return indent(lineStart(word));
    }

    /** The indentation of a line, leaving aside that operators hang. */
    int indent(int start) {
        Word word = words.get(start);
        Construct owner = word.owner();
        return switch (owner.kind()) {
            case FILE -> 0;
            case BODY -> {
                int outer = lineIndent(Objects.requireNonNull(owner.parent()).first());
                yield word.type() == NndLexer.RBRACE && owner.last() == start ? outer : outer + STEP;
            }
            case BRACKET -> lineIndent(owner.first()) + (owner.last() == start ? 0 : STEP);
            case STATEMENT -> {
                boolean level = word.type() == NndLexer.ELSE || word.type() == NndLexer.LBRACE;
                yield lineIndent(owner.first()) + (level ? 0 : STEP);
            }
            case PIPE, CHAIN, CONDITION -> lineIndent(owner.first()) + STEP;
        };
    }
}
