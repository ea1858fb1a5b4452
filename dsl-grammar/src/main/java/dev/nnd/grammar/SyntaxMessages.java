package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;

/** Makes a diagnostic of a syntax error. */
final class SyntaxMessages {

    private static final int NAMED_AT_MOST = 6;
    private static final int FOUND_AT_MOST = 40;

    private final SourceFile source;
    private final TokenCursor tokens;

    SyntaxMessages(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    /** What a rule's exception says. */
    Diagnostic describe(Parser parser, RecognitionException problem) {
        Token found = problem.getOffendingToken();
        int position = tokens.position(found);
        var read = new ArrayList<Integer>();
        if (problem instanceof NoViableAltException far) {
            for (int i = tokens.position(far.getStartToken()); i < position; i++) {
                read.add(tokens.type(i));
            }
        }
        int state = problem.getOffendingState();
        RuleContext context = problem.getCtx();
        while (read.isEmpty() && beginsAt(context, found) && ExpectedTokens.group(context.getRuleIndex())) {
            state = context.invokingState;
            context = context.parent;
        }
        var expected = new ExpectedTokens(parser.getATN()).after(state, context, read);
        if (read.size() == 1
                && Tokens.isName(read.getFirst())
                && !expected.groups().isEmpty()) {
            // A keyword may be the name of a `var` that is rebound; after `let` nobody means that.
            expected.tokens().remove(NndLexer.ASSIGN);
        }
        return unexpected(position, expected);
    }

    private static boolean beginsAt(RuleContext context, Token found) {
        return context.parent != null
                && context instanceof ParserRuleContext rule
                && rule.getStart().getTokenIndex() == found.getTokenIndex()
                && rule.invokingState >= 0;
    }

    private Diagnostic unexpected(int position, ExpectedTokens.Expectation expected) {
        String wanted = phrase(expected);
        String message = wanted.isEmpty()
                ? "unexpected " + found(position)
                : "expected " + wanted + ", found " + found(position);
        var problem = Diagnostic.error("NND0001", span(position), message);
        Optional<Diagnostic> special = pointsOut(position, problem);
        if (special.isPresent()) {
            return special.get();
        }
        problem = withOpenBracket(position, expected.tokens(), problem);
        var keywords = new TreeSet<Integer>(expected.tokens());
        keywords.removeIf(type -> !Tokens.isWord(type));
        if (keywords.isEmpty() && expected.operators()) {
            keywords.addAll(Tokens.CONTINUATIONS);
        }
        return withSpelling(position, keywords, problem);
    }

    /** A word at the place of a statement that begins none. */
    Diagnostic notAStatement(int position, Set<Integer> keywords, String where) {
        int type = tokens.type(position);
        if (Tokens.closes(type)) {
            return unopened(position);
        }
        var problem = Diagnostic.error(
                "NND0001", span(position), "expected a statement" + where + ", found " + found(position));
        Optional<Diagnostic> special = pointsOut(position, problem);
        if (special.isPresent()) {
            return special.get();
        }
        var candidates = new TreeSet<>(keywords);
        if (!tokens.firstOnLine(position) && tokens.type(position - 1) != NndLexer.LBRACE) {
            candidates.addAll(Tokens.CONTINUATIONS);
        }
        Optional<Diagnostic> habit = trainingWord(position, keywords, problem);
        if (habit.isPresent()) {
            return habit.get();
        }
        Diagnostic spelled = withSpelling(position, candidates, problem);
        if (spelled.help().isPresent()) {
            return spelled;
        }
        int next = tokens.type(position + 1);
        boolean call = Tokens.isName(type) && (next == NndLexer.LPAREN || next == NndLexer.ARROW);
        if (call && keywords.contains(NndLexer.OUTPUT)) {
            return problem.help("an expression alone does nothing: write `let name = ...` or `output ...`");
        }
        String list =
                list(Tokens.words(keywords).stream().map(w -> "`" + w + "`").toList(), "and");
        return problem.help("statements begin with " + list
                + (keywords.contains(NndLexer.OUTPUT) ? ", or with `name =` for a `var`" : ""));
    }

    /** A word of another library in a train or tune section. */
    private Optional<Diagnostic> trainingWord(int position, Set<Integer> keywords, Diagnostic problem) {
        if (!keywords.contains(NndLexer.MINIMIZE)) {
            return Optional.empty();
        }
        String written = tokens.at(position).getText();
        Optional<String> word =
                TrainingWords.word(written).filter(w -> Tokens.words(keywords).contains(w));
        return word.isPresent()
                ? word.map(w -> problem.help("here it is `" + w + "`").fix(span(position), w))
                : TrainingWords.advice(written).map(problem::help);
    }

    /** Something at the top of the file that begins no declaration. */
    Diagnostic notADeclaration(int position) {
        int type = tokens.type(position);
        if (Tokens.closes(type)) {
            return unopened(position);
        }
        if (type == NndLexer.IMPORT || type == NndLexer.PACKAGE) {
            String rule = type == NndLexer.IMPORT
                    ? "imports come before the first declaration"
                    : "`package` comes first in a file, and once";
            return Diagnostic.error("NND0001", span(position), rule);
        }
        var problem = Diagnostic.error("NND0001", span(position), "expected a declaration, found " + found(position));
        var keywords = new TreeSet<>(Tokens.DECLARATIONS);
        keywords.add(NndLexer.IMPORT);
        keywords.add(NndLexer.PACKAGE);
        Diagnostic spelled = withSpelling(position, keywords, problem);
        return spelled.help().isPresent()
                ? spelled
                : problem.help("declarations begin with `block`, `model`, `fn`, `data`, `train` and `tune`");
    }

    /** A body that has not ended where the file or the next declaration begins. */
    Diagnostic unclosed(int position) {
        int open = tokens.openBracketBefore(position);
        String bracket = open < 0 ? "{" : tokens.at(open).getText();
        String end = tokens.type(position) == Token.EOF ? "the end of the file" : found(position);
        var problem = Diagnostic.error("NND0006", span(position), "expected `" + closing(bracket) + "`, found " + end);
        return open < 0 ? problem : problem.label(span(open), "this `" + bracket + "` is not closed");
    }

    private Diagnostic unopened(int position) {
        String text = tokens.at(position).getText();
        return Diagnostic.error("NND0006", span(position), "`" + text + "` closes nothing")
                .help("delete it, or look for the bracket that should have opened it");
    }

    private Diagnostic withOpenBracket(int position, Set<Integer> expected, Diagnostic problem) {
        int open = tokens.openBracketBefore(position);
        if (open < 0) {
            return problem;
        }
        String bracket = tokens.at(open).getText();
        boolean closes = expected.stream().anyMatch(t -> Tokens.literal(t).equals(closing(bracket)));
        if (!closes) {
            return problem;
        }
        int type = tokens.type(position);
        boolean end = type == Token.EOF || Tokens.closes(type) || tokens.firstOnLine(position) && Tokens.isWord(type);
        Diagnostic labelled = problem.label(span(open), "this `" + bracket + "` is not closed");
        return end ? labelled.withCode("NND0006") : problem;
    }

    /** Slips that say more than the list of what was expected. */
    private Optional<Diagnostic> pointsOut(int position, Diagnostic problem) {
        if (tokens.type(position - 1) == NndLexer.PERCENTAGE && tokens.adjacent(position)) {
            String percentage = tokens.at(position - 1).getText();
            String number = percentage.substring(0, percentage.length() - 1);
            return Optional.of(problem.help("`" + percentage + "` is a percentage; the remainder is written `" + number
                            + " % " + tokens.at(position).getText() + "`")
                    .fix(span(position - 1), number + " % "));
        }
        if (tokens.type(position) == NndLexer.DOT
                && tokens.type(position + 1) == NndLexer.INT
                && tokens.adjacent(position + 1)) {
            String number = "0." + tokens.at(position + 1).getText();
            return Optional.of(
                    problem.help("write `" + number + "`").fix(span(position).to(span(position + 1)), number));
        }
        int before = tokens.type(position - 1);
        boolean sign = (tokens.type(position) == NndLexer.COLON || tokens.type(position) == NndLexer.ASSIGN)
                && tokens.type(position + 1) != Token.EOF;
        if (sign && TrainingWords.isSetting(before) && tokens.firstOnLine(position - 1)) {
            String word = tokens.at(position - 1).getText();
            return Optional.of(problem.help("write `" + word + "` without `"
                            + tokens.at(position).getText() + "`")
                    .fix(
                            span(position - 1).to(span(position + 1)),
                            word + " " + tokens.at(position + 1).getText()));
        }
        if (tokens.type(position) == NndLexer.ASSIGN && before == NndLexer.ASSIGN && tokens.adjacent(position)) {
            return Optional.of(problem.help("equality is `==`"));
        }
        return Optional.empty();
    }

    private Diagnostic withSpelling(int position, Set<Integer> keywords, Diagnostic problem) {
        if (tokens.type(position) != NndLexer.ID) {
            return problem;
        }
        return Spelling.nearest(tokens.at(position).getText(), Tokens.words(keywords))
                .map(word -> problem.help("did you mean `" + word + "`?").fix(span(position), word))
                .orElse(problem);
    }

    private static String phrase(ExpectedTokens.Expectation expected) {
        var items = new ArrayList<String>();
        for (int type : expected.tokens()) {
            items.add(type == Token.EOF ? "the end of the file" : symbol(type));
        }
        var groups = new TreeSet<>(expected.groups());
        if (groups.contains("an expression")) {
            groups.remove("a name");
        }
        items.addAll(groups);
        if (items.isEmpty() && expected.operators()) {
            items.add("an operator");
        }
        return items.size() > NAMED_AT_MOST ? "" : list(items, "or");
    }

    private static String symbol(int type) {
        return switch (type) {
            case NndLexer.STRING -> "a string";
            case NndLexer.INT -> "a whole number";
            case NndLexer.FLOAT -> "a number";
            case NndLexer.PERCENTAGE -> "a percentage such as `90%`";
            default -> "`" + Tokens.literal(type) + "`";
        };
    }

    private static String list(List<String> items, String last) {
        if (items.size() < 2) {
            return String.join("", items);
        }
        return String.join(", ", items.subList(0, items.size() - 1)) + " " + last + " " + items.getLast();
    }

    private String found(int position) {
        Token token = tokens.at(position);
        if (token.getType() == Token.EOF) {
            return "the end of the file";
        }
        String text = token.getText();
        return "`" + (text.length() <= FOUND_AT_MOST ? text : text.substring(0, FOUND_AT_MOST - 3) + "...") + "`";
    }

    private static String closing(String open) {
        return switch (open) {
            case "(" -> ")";
            case "[" -> "]";
            default -> "}";
        };
    }

    /** The place of a token; for the end of the file the end of its last token, so that there is a line to show. */
    private Span span(int position) {
        Token token = tokens.at(position);
        if (token.getType() == Token.EOF && tokens.size() > 1) {
            int end = tokens.at(tokens.size() - 2).getStopIndex() + 1;
            return new Span(source, end, end);
        }
        return Tokens.span(source, token);
    }
}
