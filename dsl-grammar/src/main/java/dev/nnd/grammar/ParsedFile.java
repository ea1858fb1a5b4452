package dev.nnd.grammar;

import java.util.List;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/**
 * What {@link NndGrammar#parse} makes of a text.
 *
 * @param source the text
 * @param tree the parse tree; where {@code problems} has an error, contexts with an {@code exception} are incomplete
 * @param tokens all tokens; comments and documentation are on channels of their own
 * @param problems syntax errors in source order, at most one per line
 */
public record ParsedFile(
        SourceFile source, NndParser.FileContext tree, CommonTokenStream tokens, List<Diagnostic> problems) {

    public ParsedFile {
        problems = List.copyOf(problems);
    }

    /** The {@code ///} text directly above a context, without the slashes and one blank, joined by line breaks. */
    public String docBefore(ParserRuleContext context) {
        List<Token> hidden = tokens.getHiddenTokensToLeft(context.getStart().getTokenIndex(), NndLexer.DOCS);
        return hidden == null
                ? ""
                : hidden.stream().map(t -> docText(t.getText())).collect(Collectors.joining("\n"));
    }

    private static String docText(String token) {
        String text = token.substring("///".length());
        return (text.startsWith(" ") ? text.substring(1) : text).stripTrailing();
    }

    /** Where a complete context is. */
    public Span span(ParserRuleContext context) {
        return span(context.getStart()).to(span(context.getStop()));
    }

    /** Where a token is. */
    public Span span(Token token) {
        return Tokens.span(source, token);
    }

    /** Where a token is. */
    public Span span(TerminalNode node) {
        return span(node.getSymbol());
    }
}
