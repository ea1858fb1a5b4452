package dev.nnd.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;

/**
 * Finds a statement that begins where the one before it cannot end: {@code let x =} and on the next line
 * {@code let y = 3}. Since keywords may be names, the grammar alone would read {@code let x = let} and then an
 * assignment to y. Only lines tell these apart, so what is found in tokens alone may be wrong; the tree decides.
 */
final class DanglingStatements {

    /** So far ahead is looked for the {@code then} of a condition. */
    private static final int FAR = 500;

    private final SourceFile source;
    private final TokenCursor tokens;
    private final ArrayDeque<Integer> open = new ArrayDeque<>();
    private final List<Finding> findings = new ArrayList<>();

    /** A statement, given by its first word, that seems to interrupt the one before it. */
    private record Finding(Token word, Diagnostic problem) {}

    DanglingStatements(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    DanglingStatements run() {
        for (int i = 0; i < tokens.size(); i++) {
            if (i > 0 && statementAt(i)) {
                interrupted(i);
            }
            int type = tokens.type(i);
            if (Tokens.opens(type)) {
                open.push(i);
            } else if (Tokens.closes(type)) {
                open.poll();
            }
        }
        return this;
    }

    /** What was found in a text that the grammar refuses. */
    List<Diagnostic> all() {
        return findings.stream().map(Finding::problem).toList();
    }

    /**
     * What of it holds in a text that the grammar takes: only a keyword that became a name was meant as another. A
     * statement that is one interrupts nothing, such as the {@code if} on the line below an {@code else}, or a model
     * below a function that gives back its {@code input}.
     */
    List<Diagnostic> confirmedBy(NndParser.FileContext tree) {
        return findings.stream()
                .filter(f -> isName(f.word(), tree))
                .map(Finding::problem)
                .toList();
    }

    /** True for a keyword that the tree has as a name; axes stand beside each other, as a statement's words do. */
    private static boolean isName(Token word, NndParser.FileContext tree) {
        ParserRuleContext context = tree;
        while (childAt(context, word) instanceof ParserRuleContext inner) {
            context = inner;
            if (context.getRuleIndex() == NndParser.RULE_axisPart) {
                return false;
            }
        }
        return switch (context.getRuleIndex()) {
            case NndParser.RULE_typeName, NndParser.RULE_name, NndParser.RULE_word -> true;
            default -> false;
        };
    }

    /** The child that holds a token of the context. */
    private static ParseTree childAt(ParserRuleContext context, Token word) {
        int low = 0;
        int high = context.getChildCount() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (context.getChild(middle).getSourceInterval().a <= word.getTokenIndex()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return context.getChild(low);
    }

    /** Reports what is missing before a statement, if anything is. */
    private void interrupted(int position) {
        boolean inside = !open.isEmpty() && tokens.type(open.element()) != NndLexer.LBRACE;
        Optional<String> due = due(position - 1, inside);
        if (inside && certain(position)) {
            int bracket = open.element();
            String opened = tokens.at(bracket).getText();
            String wanted = due.map(d -> d + " and ").orElse("") + "`" + (opened.equals("(") ? ")" : "]") + "`";
            report("NND0006", position, wanted, bracket, "this `" + opened + "` is not closed");
            while (!open.isEmpty() && tokens.type(open.element()) != NndLexer.LBRACE) {
                open.pop();
            }
        } else if (due.isPresent() && !inside) {
            String before = tokens.at(position - 1).getText();
            report("NND0001", position, due.get() + " after `" + before + "`", position - 1, "nothing follows this");
        }
    }

    private void report(String code, int position, String wanted, int marked, String remark) {
        Token word = tokens.at(position);
        var problem = Diagnostic.error(
                        code,
                        Tokens.span(source, word),
                        "expected " + wanted + ", found the statement `" + word.getText() + "`")
                .label(Tokens.span(source, tokens.at(marked)), remark);
        findings.add(new Finding(word, problem));
    }

    /** What a token asks for behind it; nothing if a statement can end there. */
    private Optional<String> due(int position, boolean inside) {
        int type = tokens.type(position);
        if (expectsOperand(type)) {
            return Optional.of("an expression");
        }
        return switch (type) {
            case NndLexer.DOT -> Optional.of("a name");
            case NndLexer.COLON -> Optional.of(inside ? "an expression" : "a type");
            case NndLexer.AS -> named(position - 1) ? Optional.of("a name") : Optional.empty();
            case NndLexer.IN ->
                tokens.type(position - 2) == NndLexer.FOR ? Optional.of("an expression") : Optional.empty();
            case NndLexer.IF, NndLexer.OUTPUT, NndLexer.REQUIRE, NndLexer.AUGMENT, NndLexer.MINIMIZE, NndLexer.METRIC ->
                tokens.firstOnLine(position) ? Optional.of("an expression") : Optional.empty();
            case NndLexer.LET,
                    NndLexer.VAR,
                    NndLexer.LAYER,
                    NndLexer.PARAM,
                    NndLexer.INPUT,
                    NndLexer.FOR,
                    NndLexer.FIELD,
                    NndLexer.SOURCE,
                    NndLexer.SPLIT -> tokens.firstOnLine(position) ? Optional.of("a name") : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** True behind a complete expression, where {@code as} is no name. */
    private boolean named(int position) {
        int type = tokens.type(position);
        return Tokens.closes(type) || type == NndLexer.ID;
    }

    /** A statement's keyword, first on its line, with a name or number behind it on that line. */
    private boolean statementAt(int position) {
        int type = tokens.type(position);
        boolean keyword = Tokens.STATEMENTS.contains(type)
                || Tokens.DATA_ITEMS.contains(type)
                || Tokens.TRAIN_ITEMS.contains(type);
        int next = tokens.type(position + 1);
        boolean begins = next == NndLexer.ID || next == NndLexer.INT || next == NndLexer.FLOAT;
        return keyword
                && begins
                && tokens.firstOnLine(position)
                && !tokens.firstOnLine(position + 1)
                && !conditionAt(position);
    }

    /** True if it cannot be two axes beside each other: {@code let y =}, {@code input x:}, {@code for i in}. */
    private boolean certain(int position) {
        return switch (tokens.type(position + 2)) {
            case NndLexer.ASSIGN, NndLexer.COLON, NndLexer.IN -> true;
            default -> false;
        };
    }

    /** True for {@code if a then b else c}, which is an expression. */
    private boolean conditionAt(int position) {
        if (tokens.type(position) != NndLexer.IF) {
            return false;
        }
        int nested = 0;
        for (int i = position + 1; i < Math.min(tokens.size(), position + FAR) && nested >= 0; i++) {
            int type = tokens.type(i);
            if (nested == 0 && (type == NndLexer.THEN || type == NndLexer.LBRACE)) {
                return type == NndLexer.THEN;
            }
            nested += Tokens.opens(type) ? 1 : Tokens.closes(type) ? -1 : 0;
        }
        return false;
    }

    private static boolean expectsOperand(int type) {
        return switch (type) {
            case NndLexer.ASSIGN,
                    NndLexer.ARROW,
                    NndLexer.POWER,
                    NndLexer.STAR,
                    NndLexer.SLASH,
                    NndLexer.REMAINDER,
                    NndLexer.PLUS,
                    NndLexer.MINUS,
                    NndLexer.AND,
                    NndLexer.OR,
                    NndLexer.NOT,
                    NndLexer.EQUAL,
                    NndLexer.NOT_EQUAL,
                    NndLexer.LESS,
                    NndLexer.LESS_EQUAL,
                    NndLexer.GREATER,
                    NndLexer.GREATER_EQUAL,
                    NndLexer.RANGE,
                    NndLexer.THEN,
                    NndLexer.ELSE -> true;
            default -> false;
        };
    }
}
