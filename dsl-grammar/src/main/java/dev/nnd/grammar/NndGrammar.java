package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** The one door to the grammar. */
public final class NndGrammar {

    /** The most characters that a text may have; a longer one is refused as a whole. */
    public static final int LONGEST = 4 << 20;

    /** Past so many problems nobody reads proposals, and looking for them takes time. */
    private static final int MOST_WITH_CANDIDATES = 20;

    private NndGrammar() {}

    /** Parses a text. Never throws: whatever is wrong with the text is in the result's problems. */
    public static ParsedFile parse(SourceFile source) {
        if (source.text().length() > LONGEST) {
            return refused(source);
        }
        return parse(source, 0, source.text().length());
    }

    /** Parses a stretch of a text as if the rest were blank; it must begin and end between declarations. */
    public static ParsedFile parse(SourceFile source, int start, int end) {
        var lexer = new NndLexer(new Utf16Stream(source, start, end));
        lexer.removeErrorListeners();
        var all = new ArrayList<Token>(lexer.getAllTokens());
        all.add(endOfFile(lexer, end));
        number(all);
        var problems = new ArrayList<>(new TokenRepair(source, all).run());
        var cursor = new TokenCursor(all);
        var suspects = new DanglingStatements(source, cursor).run();
        List<Diagnostic> tooDeep = new NestingLimit(source, cursor).run();
        if (!tooDeep.isEmpty()) {
            problems.addAll(tooDeep);
            List<Token> nothing = List.of(all.getLast());
            number(nothing);
            return new ParsedFile(
                    source,
                    fastParse(stream(nothing)),
                    stream(all),
                    proposed(source, cursor, problems, suspects.all()));
        }
        CommonTokenStream tokens = stream(all);
        NndParser.FileContext tree;
        List<Diagnostic> dangling;
        try {
            tree = fastParse(tokens);
            dangling = suspects.confirmedBy(tree);
        } catch (ParseCancellationException syntaxError) {
            tokens.seek(0);
            tree = thoroughParse(source, tokens, cursor, problems);
            dangling = suspects.all();
        }
        return new ParsedFile(source, tree, tokens, proposed(source, cursor, problems, dangling));
    }

    /** The tokens of a text as they are written, without the end of the file; any text has some. */
    public static List<Token> tokens(SourceFile source) {
        var lexer = new NndLexer(new Utf16Stream(source));
        lexer.removeErrorListeners();
        return List.copyOf(lexer.getAllTokens());
    }

    private static ParsedFile refused(SourceFile source) {
        String size = String.format(Locale.ROOT, "%,d", source.text().length()).replace(',', '_');
        String most = String.format(Locale.ROOT, "%,d", LONGEST).replace(',', '_');
        var problem = Diagnostic.error(
                        "NND0012",
                        new Span(source, 0, 0),
                        "this text has " + size + " characters; a .nnd file has at most " + most)
                .help("give the program several files, and data files of their own");
        ParsedFile empty = parse(new SourceFile(source.name(), ""));
        return new ParsedFile(source, empty.tree(), empty.tokens(), List.of(problem));
    }

    private static Token endOfFile(NndLexer lexer, int end) {
        Token token = lexer.emitEOF();
        assert token.getStartIndex() == end;
        return token;
    }

    private static void number(List<Token> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            ((org.antlr.v4.runtime.CommonToken) tokens.get(i)).setTokenIndex(i);
        }
    }

    private static CommonTokenStream stream(List<Token> tokens) {
        var stream = new CommonTokenStream(new ListTokenSource(tokens));
        stream.fill();
        return stream;
    }

    /** SLL: right for every text that it accepts, and several times faster than LL. */
    private static NndParser.FileContext fastParse(CommonTokenStream tokens) {
        var parser = new NndParser(tokens);
        parser.removeErrorListeners();
        parser.setErrorHandler(new BailErrorStrategy());
        parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
        return parser.file();
    }

    private static NndParser.FileContext thoroughParse(
            SourceFile source, CommonTokenStream tokens, TokenCursor cursor, List<Diagnostic> problems) {
        var parser = new NndParser(tokens);
        parser.removeErrorListeners();
        parser.setErrorHandler(new SyntaxRecovery(cursor, new SyntaxMessages(source, cursor), problems));
        parser.getInterpreter().setPredictionMode(PredictionMode.LL);
        return parser.file();
    }

    private static List<Diagnostic> proposed(
            SourceFile source, TokenCursor cursor, List<Diagnostic> problems, List<Diagnostic> dangling) {
        var candidates = new SyntaxCandidates(source, cursor);
        List<Diagnostic> told = onePerLine(source, problems, dangling);
        return told.size() > MOST_WITH_CANDIDATES
                ? told
                : told.stream().map(candidates::propose).toList();
    }

    /**
     * In source order. What follows on the line of an error is mostly a consequence of it, and so is what a statement
     * lacks that has another error.
     */
    private static List<Diagnostic> onePerLine(
            SourceFile source, List<Diagnostic> problems, List<Diagnostic> dangling) {
        Places.Lines lines = new Places().of(source);
        var broken = new HashSet<Integer>();
        problems.forEach(d -> broken.add(lines.line(d.span().start())));
        var all = new ArrayList<>(problems);
        dangling.stream()
                .filter(d -> d.labels().stream()
                        .noneMatch(l -> broken.contains(lines.line(l.span().start()))))
                .forEach(all::add);
        var seen = new HashSet<Integer>();
        return all.stream()
                .sorted(Comparator.comparingInt(d -> d.span().start()))
                .filter(d -> seen.add(lines.line(d.span().start())))
                .toList();
    }
}
