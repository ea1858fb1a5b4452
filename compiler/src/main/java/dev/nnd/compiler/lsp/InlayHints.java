package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.check.SemanticIndex;
import dev.nnd.compiler.lsp.names.Globals;
import dev.nnd.compiler.lsp.names.Occurrence;
import dev.nnd.compiler.lsp.names.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintKind;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.jsonrpc.messages.Either;

/** What is shown between the words of a text: the shape behind each stage of a pipe, names of arguments. */
final class InlayHints {

    private final Analysis analysis;
    private final int start;
    private final int end;
    private final List<InlayHint> hints = new ArrayList<>();

    private InlayHints(Analysis analysis, Range range) {
        this.analysis = analysis;
        this.start = analysis.document().lines().offset(range.getStart());
        this.end = analysis.document().lines().offset(range.getEnd());
    }

    static List<InlayHint> in(Analysis analysis, Settings settings, Range range) {
        var hints = new InlayHints(analysis, range);
        if (settings.shapes()) {
            hints.shapes();
        }
        if (settings.arguments()) {
            hints.arguments();
        }
        return hints.hints;
    }

    private void shapes() {
        var file = analysis.document().parsed().file();
        Syntax.stages(
                file,
                start,
                end,
                s -> analysis.index()
                        .stage(s.span())
                        .filter(SemanticIndex.Fact::isTensor)
                        .ifPresent(f -> type(s.span().end(), f, "  ")));
        for (Occurrence o : analysis.names().occurrences()) {
            boolean inside = start <= o.span().end() && o.span().start() <= end;
            if (inside && o.role() != Occurrence.Role.READ && isUntyped(o.symbol())) {
                o.symbol()
                        .value()
                        .filter(v -> o.role() == Occurrence.Role.DEFINITION)
                        .flatMap(analysis.index()::value)
                        .filter(SemanticIndex.Fact::isTensor)
                        .filter(f ->
                                o.symbol().value().flatMap(v -> endsInStage(v)).isEmpty())
                        .ifPresent(f -> type(o.span().end(), f, ": "));
            }
        }
    }

    /** A name whose type is not written. */
    private boolean isUntyped(Symbol symbol) {
        if (symbol.kind() != Symbol.Kind.LET && symbol.kind() != Symbol.Kind.VAR) {
            return false;
        }
        String text = analysis.document().text();
        int at = symbol.span().end();
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() && text.charAt(at) == '=';
    }

    /** A value that is a pipe has its type behind its last stage already. */
    private Optional<Expr> endsInStage(dev.nnd.grammar.Span value) {
        var found = new ArrayList<Expr>();
        Syntax.expressions(analysis.document().parsed().file(), value.start(), value.end(), e -> {
            if (e.span().equals(value) && e instanceof Expr.Pipe) {
                found.add(e);
            }
        });
        return found.stream().findFirst();
    }

    private void type(int offset, SemanticIndex.Fact fact, String before) {
        var hint = new InlayHint(
                analysis.document().lines().position(offset),
                Either.forLeft(before.strip() + (before.isBlank() ? "" : " ") + fact.type()));
        hint.setKind(InlayHintKind.Type);
        hint.setPaddingLeft(before.isBlank());
        var doc = new ArrayList<String>();
        fact.derivation().ifPresent(d -> doc.add("since `" + d + "`"));
        fact.use().ifPresent(u -> doc.add("*" + u + "*"));
        if (!doc.isEmpty()) {
            hint.setTooltip(new MarkupContent(MarkupKind.MARKDOWN, String.join("  \n", doc)));
        }
        hints.add(hint);
    }

    private void arguments() {
        Globals globals = analysis.project().globals(analysis.document());
        var file = analysis.document().parsed().file();
        Syntax.expressions(file, start, end, e -> {
            if (e instanceof Expr.Call call) {
                call(call, false, globals);
            }
            if (e instanceof Expr.Pipe p) {
                p.stages().forEach(s -> {
                    if (s.function() instanceof Expr.Call call) {
                        call(call, true, globals);
                    }
                });
            }
        });
    }

    private void call(Expr.Call call, boolean piped, Globals globals) {
        if (!(call.callee() instanceof Expr.Name n)
                || hints.stream().anyMatch(h -> h.getPosition().equals(first(call)))) {
            return;
        }
        Optional<Decl> decl = globals.find(n.name());
        List<String> parameters = Callee.of(n.name(), globals)
                .map(c ->
                        c.own(piped && decl.filter(d -> d instanceof Decl.Block).isEmpty()))
                .orElse(List.of());
        int index = 0;
        for (Expr.Argument argument : call.arguments()) {
            if (argument.name().isEmpty() && index < parameters.size()) {
                String name = Callee.name(parameters.get(index));
                if (!argument.span().text().equals(name)) {
                    var hint = new InlayHint(
                            analysis.document().lines().position(argument.span().start()), Either.forLeft(name + ":"));
                    hint.setKind(InlayHintKind.Parameter);
                    hint.setPaddingRight(true);
                    hints.add(hint);
                }
            }
            index++;
        }
    }

    private org.eclipse.lsp4j.Position first(Expr.Call call) {
        int at = call.arguments().isEmpty()
                ? call.span().end()
                : call.arguments().getFirst().span().start();
        return analysis.document().lines().position(at);
    }
}
