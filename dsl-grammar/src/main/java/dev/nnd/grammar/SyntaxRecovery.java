package dev.nnd.grammar;

import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;

/**
 * Goes on after a syntax error at the next statement. ANTLR's own recovery looks for any token that may follow, but
 * with soft keywords any word may, so this one gives up the whole statement and looks for a statement's keyword at the
 * beginning of a line, a declaration, or the end of the body.
 */
final class SyntaxRecovery extends DefaultErrorStrategy {

    private static final int MOST_PROBLEMS = 200;

    private final TokenCursor tokens;
    private final SyntaxMessages messages;
    private final List<Diagnostic> problems;
    private int lastRecovery = -1;

    SyntaxRecovery(TokenCursor tokens, SyntaxMessages messages, List<Diagnostic> problems) {
        this.tokens = tokens;
        this.messages = messages;
        this.problems = problems;
    }

    @Override
    public void reportError(Parser parser, RecognitionException problem) {
        if (!inErrorRecoveryMode(parser)) {
            report(parser, messages.describe(parser, problem));
        }
    }

    private void report(Parser parser, Diagnostic problem) {
        beginErrorCondition(parser);
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(problem);
        }
    }

    /** No token is invented or dropped inside a statement. */
    @Override
    public Token recoverInline(Parser parser) {
        throw new InputMismatchException(parser);
    }

    @Override
    public void sync(Parser parser) {
        int rule = parser.getContext().getRuleIndex();
        switch (rule) {
            case NndParser.RULE_file -> syncFile(parser);
            case NndParser.RULE_body, NndParser.RULE_dataBody, NndParser.RULE_trainBody, NndParser.RULE_tuneBody ->
                syncBody(parser, rule);
            default -> {
                IntervalSet next = parser.getATN().nextTokens(state(parser));
                if (!next.contains(Token.EPSILON)
                        && !next.contains(parser.getInputStream().LA(1))) {
                    throw new InputMismatchException(parser);
                }
            }
        }
    }

    private static org.antlr.v4.runtime.atn.ATNState state(Parser parser) {
        return parser.getATN().states.get(parser.getState());
    }

    private void syncFile(Parser parser) {
        IntervalSet next = parser.getATN().nextTokens(state(parser));
        while (!next.contains(parser.getInputStream().LA(1))) {
            Diagnostic problem = messages.notADeclaration(here(parser));
            report(parser, problem);
            if (!respell(parser, problem, Tokens.DECLARATIONS)) {
                parser.consume();
                skipToDeclaration(parser, true);
            }
            endErrorCondition(parser);
        }
    }

    private void syncBody(Parser parser, int rule) {
        while (true) {
            int position = here(parser);
            int type = tokens.type(position);
            if (type == NndLexer.RBRACE || begins(rule, position) && !nextDeclaration(rule, position)) {
                return;
            }
            if (type == Token.EOF || nextDeclaration(rule, position)) {
                report(parser, messages.unclosed(position));
                throw new InputMismatchException(parser);
            }
            Diagnostic problem = messages.notAStatement(position, keywords(rule), where(rule));
            report(parser, problem);
            lastRecovery = position;
            if (!respell(parser, problem, keywords(rule))) {
                int column = tokens.at(position).getCharPositionInLine();
                parser.consume();
                skipToStatement(parser, rule, tokens.firstOnLine(position) ? column : -1);
            }
            endErrorCondition(parser);
        }
    }

    /** Reads a misspelled keyword as the one that was meant, so that what follows it is understood and checked. */
    private static boolean respell(Parser parser, Diagnostic problem, Set<Integer> keywords) {
        CommonToken token = (CommonToken) parser.getCurrentToken();
        return problem.fix()
                .map(fix -> fix.edits().getFirst())
                .filter(fix -> token.getType() == NndLexer.ID && fix.span().start() == token.getStartIndex())
                .flatMap(fix -> keywords.stream()
                        .filter(type -> Tokens.literal(type).equals(fix.replacement()))
                        .findFirst())
                .map(type -> {
                    token.setType(type);
                    return true;
                })
                .orElse(false);
    }

    /** A declaration begins here; in a train section {@code model net = } and {@code data Mnist} do not look like one. */
    private boolean nextDeclaration(int rule, int position) {
        boolean item = rule != NndParser.RULE_body && keywords(rule).contains(tokens.type(position));
        return tokens.declarationAt(position) && (!item || tokens.firstOnLine(position));
    }

    private boolean begins(int rule, int position) {
        int type = tokens.type(position);
        boolean assignment =
                rule == NndParser.RULE_body && Tokens.isName(type) && tokens.type(position + 1) == NndLexer.ASSIGN;
        return assignment || keywords(rule).contains(type);
    }

    private static Set<Integer> keywords(int rule) {
        return switch (rule) {
            case NndParser.RULE_dataBody, NndParser.RULE_dataItem -> Tokens.DATA_ITEMS;
            case NndParser.RULE_trainBody, NndParser.RULE_trainItem -> Tokens.TRAIN_ITEMS;
            case NndParser.RULE_tuneBody, NndParser.RULE_tuneItem -> Tokens.TUNE_ITEMS;
            default -> Tokens.STATEMENTS;
        };
    }

    private static String where(int rule) {
        return switch (rule) {
            case NndParser.RULE_dataBody -> " of a data section";
            case NndParser.RULE_trainBody -> " of a train section";
            case NndParser.RULE_tuneBody -> " of a tune section";
            default -> "";
        };
    }

    @Override
    public void recover(Parser parser, RecognitionException problem) {
        int rule = parser.getContext().getRuleIndex();
        switch (rule) {
            case NndParser.RULE_statement, NndParser.RULE_dataItem, NndParser.RULE_trainItem, NndParser.RULE_tuneItem ->
                resume(parser, rule);
            case NndParser.RULE_parameters -> skipParameters(parser);
            case NndParser.RULE_body, NndParser.RULE_dataBody, NndParser.RULE_trainBody, NndParser.RULE_tuneBody -> {
                boolean opened = parser.getContext().getChildCount() > 0;
                if (!opened) {
                    throw problem;
                }
                // Not closed: the outer rules go on with what comes next as if it had been.
            }
            case NndParser.RULE_declaration,
                    NndParser.RULE_packageDeclaration,
                    NndParser.RULE_importDeclaration,
                    NndParser.RULE_file -> {
                progress(parser);
                skipToDeclaration(parser, rule != NndParser.RULE_declaration);
                endErrorCondition(parser);
            }
            default -> throw problem;
        }
    }

    private void resume(Parser parser, int rule) {
        int start = tokens.position(parser.getContext().getStart());
        int column = tokens.firstOnLine(start) ? tokens.at(start).getCharPositionInLine() : -1;
        progress(parser);
        skipToStatement(parser, rule, column);
        endErrorCondition(parser);
    }

    /** Makes sure that two recoveries never happen at one token. */
    private void progress(Parser parser) {
        int position = here(parser);
        if (position == lastRecovery && parser.getInputStream().LA(1) != Token.EOF) {
            parser.consume();
        }
        lastRecovery = here(parser);
    }

    /** To a statement at the beginning of a line, or any word there that is not indented further than the broken one. */
    private void skipToStatement(Parser parser, int rule, int column) {
        int nested = 0;
        while (true) {
            int position = here(parser);
            int type = tokens.type(position);
            boolean ends = nested == 0 && type == NndLexer.RBRACE;
            boolean level = tokens.at(position).getCharPositionInLine() <= column && Tokens.isWord(type);
            boolean next = nested == 0 && tokens.firstOnLine(position) && (level || begins(rule, position));
            if (type == Token.EOF || ends || next || tokens.declarationAt(position)) {
                return;
            }
            if (type == NndLexer.LBRACE) {
                nested++;
            } else if (type == NndLexer.RBRACE) {
                nested--;
            }
            parser.consume();
        }
    }

    private void skipToDeclaration(Parser parser, boolean importsToo) {
        while (true) {
            int position = here(parser);
            int type = tokens.type(position);
            boolean imports = importsToo
                    && (type == NndLexer.IMPORT || type == NndLexer.PACKAGE)
                    && tokens.firstOnLine(position)
                    && Tokens.isName(tokens.type(position + 1));
            if (type == Token.EOF || imports || tokens.declarationAt(position)) {
                return;
            }
            parser.consume();
        }
    }

    /** To behind the closing parenthesis, or to the body. */
    private void skipParameters(Parser parser) {
        int nested = 0;
        while (true) {
            int position = here(parser);
            int type = tokens.type(position);
            if (type == Token.EOF || type == NndLexer.LBRACE || tokens.declarationAt(position)) {
                return;
            }
            parser.consume();
            if (type == NndLexer.LPAREN) {
                nested++;
            } else if (type == NndLexer.RPAREN && nested-- == 0) {
                return;
            }
        }
    }

    private int here(Parser parser) {
        return tokens.position(parser.getCurrentToken());
    }
}
