package dev.nnd.compiler.lsp;

import dev.nnd.compiler.lsp.names.Occurrence;
import dev.nnd.compiler.lsp.names.Symbol;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensLegend;

/** Colours by meaning, where a grammar of words can't tell: which names are layers, dims, parameters, inputs. */
final class SemanticTokensWriter {

    private static final List<String> TYPES = List.of(
            "class", "function", "parameter", "variable", "property", "typeParameter", "namespace", "enumMember");
    private static final List<String> MODIFIERS = List.of("declaration", "readonly", "defaultLibrary");

    static final SemanticTokensLegend LEGEND = new SemanticTokensLegend(TYPES, MODIFIERS);

    private SemanticTokensWriter() {}

    static SemanticTokens of(Analysis analysis) {
        var data = new ArrayList<Integer>();
        int line = 0;
        int column = 0;
        int end = -1;
        for (Occurrence o : analysis.names().occurrences()) {
            Span span = o.span();
            if (span.start() < end) {
                continue;
            }
            Position at = analysis.document().lines().position(span.start());
            data.add(at.getLine() - line);
            data.add(at.getLine() == line ? at.getCharacter() - column : at.getCharacter());
            data.add(span.end() - span.start());
            data.add(TYPES.indexOf(type(o.symbol().kind())));
            data.add(modifiers(o, analysis));
            line = at.getLine();
            column = at.getCharacter();
            end = span.end();
        }
        return new SemanticTokens(data);
    }

    private static String type(Symbol.Kind kind) {
        return switch (kind) {
            case BLOCK, MODEL -> "class";
            case FUNCTION -> "function";
            case DATA, TRAIN, TUNE -> "namespace";
            case PARAMETER -> "parameter";
            case DIM, INDEX -> "typeParameter";
            case INPUT, OUTPUT, LET, VAR -> "variable";
            case LAYER, WEIGHT, NET, FIELD -> "property";
            case SOURCE, PART -> "enumMember";
        };
    }

    private static int modifiers(Occurrence o, Analysis analysis) {
        int bits = o.role() == Occurrence.Role.DEFINITION ? 1 : 0;
        bits |= o.symbol().kind() == Symbol.Kind.VAR ? 0 : 1 << 1;
        return bits | (analysis.project().library().holds(o.symbol().span().file()) ? 1 << 2 : 0);
    }
}
