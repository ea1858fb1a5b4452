package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.NndParser;
import dev.nnd.grammar.ParsedFile;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Names, places and documentation of one parse tree. */
record Names(ParsedFile parsed) {

    /** False for a part that the parser gave up. */
    static boolean whole(ParserRuleContext context) {
        return context.exception == null;
    }

    Ident ident(NndParser.NameContext name) {
        return new Ident(name.getText(), span(name));
    }

    Ident ident(NndParser.WordContext word) {
        return new Ident(word.getText(), span(word));
    }

    Ident ident(ParserRuleContext name) {
        return new Ident(name.getText(), span(name));
    }

    /** Names in parentheses. */
    List<Ident> all(NndParser.NamesContext names) {
        return names.name().stream().map(this::ident).toList();
    }

    Optional<Ident> optional(NndParser.@Nullable NameContext name) {
        return Optional.ofNullable(name).map(this::ident);
    }

    NndFile.QualifiedName qualified(NndParser.QualifiedNameContext context) {
        var parts = new ArrayList<Ident>();
        parts.add(ident(context.name()));
        context.word().forEach(word -> parts.add(ident(word)));
        return new NndFile.QualifiedName(parts, span(context));
    }

    Span span(ParserRuleContext context) {
        return parsed.span(context);
    }

    Span span(Token token) {
        return parsed.span(token);
    }

    String doc(ParserRuleContext context) {
        return parsed.docBefore(context);
    }
}
