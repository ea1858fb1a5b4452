package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.NndGrammar;
import dev.nnd.grammar.NndParser;
import dev.nnd.grammar.ParsedFile;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;

/** From text to syntax tree. */
public final class Parser {

    private Parser() {}

    /** Parses a text. Never throws: a broken text gives the statements that are whole, and problems. */
    public static Parsed parse(SourceFile source) {
        return built(NndGrammar.parse(source));
    }

    /** Parses the declarations of a stretch of a text, which must begin and end between declarations. */
    public static Parsed parse(SourceFile source, int start, int end) {
        return built(NndGrammar.parse(source, start, end));
    }

    private static Parsed built(ParsedFile parsed) {
        var found = new ArrayList<Diagnostic>();
        var names = new Names(parsed);
        var expressions = new ExpressionBuilder(names, found);
        var types = new TypeBuilder(names, expressions);
        var statements = new StatementBuilder(names, expressions, types);
        var declarations = new DeclarationBuilder(
                names,
                types,
                statements,
                new DataBuilder(names, expressions, types, found),
                new TrainBuilder(names, expressions));
        NndFile file = file(parsed, names, declarations);
        found.addAll(parsed.problems());
        found.sort(Comparator.comparingInt(d -> d.span().start()));
        return new Parsed(file, found);
    }

    private static NndFile file(ParsedFile parsed, Names names, DeclarationBuilder declarations) {
        NndParser.FileContext tree = parsed.tree();
        var head = new ArrayList<ParserRuleContext>();
        Optional<NndFile.QualifiedName> packageName = Optional.empty();
        if (tree.packageDeclaration() != null) {
            head.add(tree.packageDeclaration());
            if (Names.whole(tree.packageDeclaration())) {
                packageName =
                        Optional.of(names.qualified(tree.packageDeclaration().qualifiedName()));
            }
        }
        head.addAll(tree.importDeclaration());
        List<NndFile.QualifiedName> imports = tree.importDeclaration().stream()
                .filter(Names::whole)
                .map(i -> names.qualified(i.qualifiedName()))
                .toList();
        List<Decl> all = tree.declaration().stream()
                .filter(Names::whole)
                .map(declarations::declaration)
                .toList();
        String doc = head.isEmpty() ? "" : parsed.docBefore(head.getFirst());
        return new NndFile(parsed.source(), doc, packageName, imports, all);
    }
}
