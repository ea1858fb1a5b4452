package dev.nnd.grammar;

import java.util.List;

/** {@code let a, b = f(x)}, {@code a, b = f(x)} and {@code let [a, b] = f(x)}: the names stand in parentheses after {@code let}. */
final class UnpackCandidates {

    private final SourceFile source;
    private final TokenCursor tokens;

    UnpackCandidates(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    /** Adds the change to a problem found at that token, if such names stand there. */
    Diagnostic propose(Diagnostic problem, int position) {
        if (position > 1 && isLet(position - 2) && tokens.type(position) == NndLexer.COMMA) {
            return bare(problem, position - 1, "");
        }
        if (tokens.type(position + 1) == NndLexer.COMMA && Tokens.isName(tokens.type(position))) {
            return bare(problem, position, "let ");
        }
        int open = tokens.type(position);
        boolean bracket = open == NndLexer.LPAREN || open == NndLexer.LBRACK;
        return bracket ? enclosed(problem, position, position > 0 && isLet(position - 1)) : problem;
    }

    private boolean isLet(int position) {
        return tokens.type(position) == NndLexer.LET || tokens.type(position) == NndLexer.VAR;
    }

    /** Names without brackets around them. */
    private Diagnostic bare(Diagnostic problem, int first, String before) {
        int end = names(first);
        if (tokens.type(end) != NndLexer.ASSIGN) {
            return problem;
        }
        Span all = span(first).to(span(end - 1));
        String written = "(" + all.text() + ")";
        return problem.candidate(help(written), all, before + written);
    }

    private Diagnostic enclosed(Diagnostic problem, int open, boolean afterLet) {
        int end = names(open + 1);
        boolean closed = tokens.type(end) == NndLexer.RPAREN || tokens.type(end) == NndLexer.RBRACK;
        if (end == open + 1 || !closed || tokens.type(end + 1) != NndLexer.ASSIGN) {
            return problem;
        }
        String written = "(" + span(open + 1).to(span(end - 1)).text() + ")";
        Span all = span(afterLet ? open - 1 : open).to(span(end));
        return problem.candidate(
                help(written), new Diagnostic.Fix(List.of(new Diagnostic.Edit(all, "let " + written))));
    }

    private static String help(String written) {
        return "several values are named by `let " + written + " = ...`";
    }

    /** The token behind names with commas between them. */
    private int names(int first) {
        int at = first;
        while (Tokens.isName(tokens.type(at)) && tokens.type(at + 1) == NndLexer.COMMA) {
            at += 2;
        }
        return Tokens.isName(tokens.type(at)) ? at + 1 : at;
    }

    private Span span(int position) {
        return Tokens.span(source, tokens.at(position));
    }
}
