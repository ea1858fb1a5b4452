package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.Token;

/** Proposes changes for syntax errors that have no fix: first what a habit explains, then what is one token away. */
final class SyntaxCandidates {

    private static final Pattern PUNCTUATION = Pattern.compile("`([:=,)\\]}(\\[{]|->|in|then|else|using|by|into)`");

    private static final Pattern PYTHON_CHOICE = Pattern.compile("(?s)(.+?)\\s+if\\s+(.+?)\\s+else\\s+(.+)");
    private static final Pattern JAVA_CHOICE = Pattern.compile("(?s)(.+?)\\?(.+?):(.+)");
    private static final int LONGEST = 200;

    private final SourceFile source;
    private final TokenCursor tokens;

    SyntaxCandidates(SourceFile source, TokenCursor tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    /** The problem with changes to be tried. */
    Diagnostic propose(Diagnostic problem) {
        boolean foreign = habitsOf(problem.message()).containsKey(problem.span().text());
        if (problem.fix().isPresent() && !foreign
                || problem.code().equals("NND0003")
                || problem.code().equals("NND0004")) {
            return problem;
        }
        int position = positionOf(problem.span().start());
        Diagnostic more = habits(problem, position);
        boolean advised = TrainingWords.advice(problem.span().text()).isPresent();
        if (problem.message().startsWith("expected a statement of a train") && (foreign || advised)) {
            // To leave the word out would make the text parse and mean something else.
            return more;
        }
        more = patterns(more, position);
        return oneToken(more, position);
    }

    private int positionOf(int offset) {
        int low = 0;
        int high = tokens.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tokens.at(middle).getStartIndex() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private String text(int position) {
        return position < 0 || tokens.type(position) == Token.EOF
                ? ""
                : tokens.at(position).getText();
    }

    private Span span(int position) {
        return Tokens.span(source, tokens.at(position));
    }

    private Span behind(int position) {
        int end = position < 0 ? 0 : span(position).end();
        return new Span(source, end, end);
    }

    private static Map<String, Habits.Habit> habitsOf(String message) {
        return message.startsWith("expected a declaration")
                ? Habits.DECLARATIONS
                : message.startsWith("expected a statement of a data")
                        ? Habits.DATA_ITEMS
                        : message.startsWith("expected a statement of a train")
                                ? Habits.TRAIN_ITEMS
                                : message.startsWith("expected a statement of a tune")
                                        ? Habits.TUNE_ITEMS
                                        : message.startsWith("expected a statement") ? Habits.STATEMENTS : Map.of();
    }

    /** A word of another language: the help says it even if the fix alone does not suffice. */
    private Diagnostic habits(Diagnostic problem, int position) {
        String word = text(position);
        Habits.Habit habit = habitsOf(problem.message()).get(word);
        if (habit != null) {
            Diagnostic helped = problem.withFix(Optional.empty())
                    .help(habit.help())
                    .candidate(habit.help(), span(position), habit.replacement());
            return Tokens.isName(tokens.type(position + 1)) && Tokens.isName(tokens.type(position + 2))
                    ? helped.candidate(habit.help(), span(position).to(span(position + 1)), habit.replacement())
                    : helped;
        }
        if (word.equals("from") && problem.message().startsWith("expected a declaration")) {
            return fromImport(problem, position);
        }
        if (word.equals("as") && text(position - 1).matches("\\w+")) {
            Span alias = span(position).to(span(position + 1));
            return problem.help("an import gives no other name")
                    .candidate("leave `" + alias.text() + "` out", alias, "");
        }
        if ((word.equals("self") || word.equals("this")) && text(position + 1).equals(".")) {
            boolean layer = text(position + 4).matches("[A-Z]\\w*")
                    || text(position + 6).matches("[A-Z]\\w*");
            String keyword = layer ? "layer" : "let";
            String offer = (layer ? "weights are named" : "a value is named") + " with `" + keyword + "`";
            return problem.help(offer).candidate(offer, span(position).to(span(position + 1)), keyword + " ");
        }
        return problem;
    }

    private Diagnostic fromImport(Diagnostic problem, int position) {
        int end = position + 1;
        var path = new StringBuilder();
        while (!text(end).equals("import") && end < tokens.size() && !tokens.firstOnLine(end)) {
            path.append(text(end++));
        }
        String help = "imports are written `import package.Name`";
        Span whole = span(position).to(span(end + 1));
        return text(end).equals("import")
                ? problem.help(help)
                        .candidate(help, whole, "import " + path + "." + text(end + 1))
                        .candidate("leave the import out: the library needs none", whole, "")
                : problem.help(help);
    }

    private Diagnostic patterns(Diagnostic problem, int position) {
        String found = text(position);
        Diagnostic more = new UnpackCandidates(source, tokens).propose(problem, position);
        more = new PipeCandidates(source, tokens).propose(more, position);
        if (found.equals("=") && inside(position).equals("(")) {
            more = named(more, position);
        }
        if (text(position + 1).equals("=") && found.matches("[-+*/]") && tokens.adjacent(position + 1)) {
            more = compound(more, position - 1);
        }
        if (text(position + 2).equals("=") && text(position + 1).matches("[-+*/]") && tokens.adjacent(position + 2)) {
            more = compound(more, position);
        }
        if (found.equals("=") && text(position - 1).matches("[-+*/]") && tokens.adjacent(position)) {
            more = compound(more, position - 2);
        }
        if (found.equals(">") && text(position - 1).equals("-")
                || found.equals("-") && text(position + 1).equals(">")) {
            Span both = found.equals(">")
                    ? span(position - 1).to(span(position))
                    : span(position).to(span(position + 1));
            more = more.candidate("write `->`", both, "->");
        }
        if (found.equals("is")) {
            boolean not = text(position + 1).equals("not");
            more = more.candidate(
                    "equality is written `" + (not ? "!=" : "==") + "`",
                    not ? span(position).to(span(position + 1)) : span(position),
                    not ? "!=" : "==");
        }
        if (found.equals("...")) {
            more = more.candidate("a range is written `from..to`", span(position), "..");
        }
        more = conditional(more, position);
        return problem.code().equals("NND0002") ? stray(more, position) : braces(parentheses(more, position), position);
    }

    private String inside(int position) {
        int open = tokens.openBracketBefore(position);
        return open < 0 ? "" : text(open);
    }

    /** {@code Dense(out=3, bias=false)}: all of the call at once, since they stand on one line mostly. */
    private Diagnostic named(Diagnostic problem, int position) {
        var edits = new ArrayList<Diagnostic.Edit>();
        int depth = 0;
        for (int i = tokens.openBracketBefore(position) + 1; i < tokens.size() && depth >= 0; i++) {
            depth += Tokens.opens(tokens.type(i)) ? 1 : Tokens.closes(tokens.type(i)) ? -1 : 0;
            if (tokens.type(i) == NndLexer.ASSIGN && Tokens.isWord(tokens.type(i - 1)) && depth >= 0) {
                boolean blank = source.text().startsWith(" ", span(i).end());
                Span from = new Span(source, span(i - 1).end(), span(i).end());
                edits.add(new Diagnostic.Edit(from, blank ? ":" : ": "));
            }
        }
        String offer = "a named argument is written `" + text(position - 1) + ": " + text(position + 1) + "`";
        return edits.isEmpty() ? problem : problem.candidate(offer, new Diagnostic.Fix(edits));
    }

    /** {@code x += 1}. */
    private Diagnostic compound(Diagnostic problem, int name) {
        String x = text(name);
        String written = x + " = " + x + " " + text(name + 1);
        return problem.candidate("write `" + written + " ...`", span(name).to(span(name + 2)), written);
    }

    /** {@code a if c else b} and {@code c ? a : b}. */
    private Diagnostic conditional(Diagnostic problem, int position) {
        String help = "a choice is written `if condition then a else b`";
        int from = position;
        while (from > 0 && !begins(from)) {
            from--;
        }
        int to = position;
        while (to < tokens.size() - 1 && !ends(to)) {
            to++;
        }
        if (to <= from || span(to - 1).end() - span(from).start() > LONGEST) {
            return problem;
        }
        Span all = span(from).to(span(to - 1));
        var python = PYTHON_CHOICE.matcher(all.text());
        var java = JAVA_CHOICE.matcher(all.text());
        if (python.matches()) {
            return problem.candidate(
                    help, all, "if " + python.group(2) + " then " + python.group(1) + " else " + python.group(3));
        }
        return java.matches()
                ? problem.candidate(
                        help,
                        all,
                        "if " + java.group(1).strip() + " then " + java.group(2).strip() + " else "
                                + java.group(3).strip())
                : problem;
    }

    private boolean begins(int position) {
        String before = text(position - 1);
        return before.matches("=|\\(|,|->|\\[|:") || tokens.firstOnLine(position);
    }

    private boolean ends(int position) {
        return tokens.firstOnLine(position) || text(position).matches("\\)|,|->|\\]|\\}");
    }

    /** {@code Dense 3}, {@code relu x}, {@code for (i in 0..n)}, {@code f32(N, 4)}. */
    private Diagnostic parentheses(Diagnostic problem, int position) {
        Diagnostic more = problem;
        boolean applied = text(position - 1).matches("[A-Za-z_]\\w*")
                && !tokens.firstOnLine(position)
                && text(position).matches("\\w.*");
        if (applied) {
            int end = position;
            while (end + 1 < tokens.size() - 1 && !ends(end + 1)) {
                end++;
            }
            if (span(end).end() - span(position).start() > LONGEST) {
                return problem;
            }
            String call =
                    text(position - 1) + "(" + span(position).to(span(end)).text() + ")";
            more = more.candidate("write `" + call + "`", span(position - 1).to(span(end)), call);
        }
        if (text(position).equals("(")) {
            int close = closing(position);
            if (close > 0) {
                var none = List.of(new Diagnostic.Edit(span(position), ""), new Diagnostic.Edit(span(close), ""));
                var square = List.of(new Diagnostic.Edit(span(position), "["), new Diagnostic.Edit(span(close), "]"));
                more = more.candidate("dims stand in brackets: `[...]`", new Diagnostic.Fix(square))
                        .candidate("leave the parentheses out", new Diagnostic.Fix(none));
            }
        }
        return more;
    }

    private int closing(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += Tokens.opens(tokens.type(i)) ? 1 : Tokens.closes(tokens.type(i)) ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** {@code model Net:} with an indented body, and a body that does not end. */
    private Diagnostic braces(Diagnostic problem, int position) {
        boolean body = problem.message().contains("`{`");
        boolean colon = text(position).equals(":");
        Diagnostic more = problem;
        if (body) {
            int line = tokens.at(position - (colon ? 0 : 1)).getLine();
            int column = column(line);
            int end = position + 1;
            while (end < tokens.size() - 1
                    && !(tokens.firstOnLine(end) && tokens.at(end).getCharPositionInLine() <= column)) {
                end++;
            }
            var open = new Diagnostic.Edit(colon ? span(position) : behind(position - 1), " {");
            var close = new Diagnostic.Edit(behind(end - 1), newline() + " ".repeat(column) + "}");
            more = more.candidate("a body stands between `{` and `}`", new Diagnostic.Fix(List.of(open, close)));
        }
        if (problem.code().equals("NND0006") && problem.message().startsWith("expected `}`")) {
            more = more.candidate("write `}` before it", behind(position - 1), newline() + "}");
            more = more.candidate("write `}` before it", behind(tokens.size() - 2), newline() + "}");
        }
        return more;
    }

    private int column(int line) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.at(i).getLine() == line) {
                return tokens.at(i).getCharPositionInLine();
            }
        }
        return 0;
    }

    private String newline() {
        return source.text().contains("\r\n") ? "\r\n" : "\n";
    }

    /** A character that is no token of the language, and stands between two that are. */
    private Diagnostic stray(Diagnostic problem, int position) {
        String left = text(position - 1);
        String right = text(position);
        Span at = problem.span();
        return switch (at.text()) {
            case "@" ->
                problem.candidate(
                        "write `matmul(" + left + ", " + right + ")`",
                        span(position - 1).to(span(position)),
                        "matmul(" + left + ", " + right + ")");
            case "|" -> problem.candidate("write `->`", at, "->").candidate("write `or`", at, "or");
            case "&" -> problem.candidate("write `and`", at, "and");
            case "~" -> problem.candidate("write `not`", at, "not ");
            case "$", "`", "\\", "?" ->
                problem.candidate("leave it out", at, "").candidate("write `N`", at, "N");
            default -> problem.candidate("leave it out", at, "");
        };
    }

    /** What is expected instead of the token or before it, or the token left out. */
    private Diagnostic oneToken(Diagnostic problem, int position) {
        if (problem.code().equals("NND0002")) {
            return problem;
        }
        Diagnostic more = problem;
        String wanted = problem.message().split(", found ", 2)[0];
        List<String> expected =
                PUNCTUATION.matcher(wanted).results().map(m -> m.group(1)).toList();
        boolean end = tokens.type(position) == Token.EOF;
        boolean sign =
                !end && !Tokens.isWord(tokens.type(position)) && !text(position).matches("[\\w\"].*");
        for (String token : expected) {
            if (sign) {
                more = more.candidate("write `" + token + "` for `" + text(position) + "`", span(position), token);
            }
        }
        for (String token : expected) {
            boolean tight = token.matches("[:,)\\]}]");
            more = more.candidate(
                    "write `" + token + "` behind `" + text(position - 1) + "`",
                    behind(position - 1),
                    tight ? token : " " + token);
        }
        for (String keyword : List.of("let", "output")) {
            if (wanted.equals("expected a statement") && tokens.firstOnLine(position)
                    || wanted.equals("expected a statement")
                            && text(position - 1).equals("{")) {
                Span before =
                        new Span(source, span(position).start(), span(position).start());
                more = more.candidate("write `" + keyword + " " + text(position) + " ...`", before, keyword + " ");
            }
        }
        if (!end) {
            more = more.candidate("leave `" + text(position) + "` out", blank(span(position)), "");
        }
        return types(more, position);
    }

    /** Types that are missing: {@code fn f(x)}, {@code [N, 4]}. */
    private Diagnostic types(Diagnostic problem, int position) {
        Optional<String> previous = Optional.of(text(position - 1)).filter(t -> t.matches("[a-z_]\\w*"));
        if (problem.message().startsWith("expected `:`") && previous.isPresent()) {
            return problem.candidate(
                    "say its type: `" + previous.get() + ": f32[...]`", behind(position - 1), ": f32[...]");
        }
        int open = tokens.openBracketBefore(position);
        boolean list = open > 0 && text(open).equals("[") && text(open - 1).equals(":");
        return list
                ? problem.candidate("a tensor's type begins with its dtype: `f32[...]`", behind(open - 1), " f32")
                : problem;
    }

    /** The token and one blank before it. */
    private Span blank(Span token) {
        boolean blank = token.start() > 0 && source.text().charAt(token.start() - 1) == ' ';
        return blank ? new Span(source, token.start() - 1, token.end()) : token;
    }
}
