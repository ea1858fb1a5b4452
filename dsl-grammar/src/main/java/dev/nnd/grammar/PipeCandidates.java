package dev.nnd.grammar;

import java.util.List;
import java.util.Set;

/** {@code images -> resize(150) / 255}: a stage of a pipe is a call, so what is computed of the pipe's value needs parentheses. */
final class PipeCandidates {

    private static final Set<String> OPERATORS =
            Set.of("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=");

    /** What an expression may stand behind. */
    private static final Set<String> BEFORE =
            Set.of("=", ",", ":", "then", "else", "in", "if", "minimize", "metric", "require", "and", "or", "not");

    private static final int LONGEST = 60;

    private final SourceFile source;
    private final TokenCursor tokens;

    PipeCandidates(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    /** The problem with parentheses around the pipe, if an operator follows one. */
    Diagnostic propose(Diagnostic problem, int position) {
        if (position < 1
                || !OPERATORS.contains(text(position))
                || problem.code().equals("NND0002")) {
            return problem;
        }
        int from = position - 1;
        boolean pipe = false;
        for (int depth = 0; from >= 0; from--) {
            depth += Tokens.closes(tokens.type(from)) ? 1 : Tokens.opens(tokens.type(from)) ? -1 : 0;
            pipe |= depth == 0 && tokens.type(from) == NndLexer.ARROW;
            boolean open = depth < 0 || depth == 0 && BEFORE.contains(text(from));
            if (open || depth == 0 && tokens.firstOnLine(from) && tokens.type(from) != NndLexer.ARROW) {
                break;
            }
        }
        int begin = from + 1;
        if (!pipe || begin >= position) {
            return problem;
        }
        Span whole = span(begin).to(span(position - 1));
        String shown = whole.text().length() <= LONGEST && !whole.text().contains("\n") ? whole.text() : "x -> ...";
        String help = "what is computed of a pipe's value has the pipe in parentheses: `(" + shown + ") "
                + text(position) + " ...`";
        return problem.help(help)
                .candidate(
                        help,
                        new Diagnostic.Fix(List.of(
                                new Diagnostic.Edit(at(whole.start()), "("),
                                new Diagnostic.Edit(at(whole.end()), ")"))));
    }

    private String text(int position) {
        return tokens.at(position).getText();
    }

    private Span span(int position) {
        return Tokens.span(source, tokens.at(position));
    }

    private Span at(int offset) {
        return new Span(source, offset, offset);
    }
}
