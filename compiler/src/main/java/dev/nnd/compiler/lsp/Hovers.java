package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.check.SemanticIndex;
import dev.nnd.compiler.lsp.names.Occurrence;
import dev.nnd.compiler.lsp.names.Symbol;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;

/** What is shown over a place: types, parameter counts, documentation, where a dim comes from, what a code means. */
final class Hovers {

    private final Analysis analysis;
    private final int offset;
    private final List<String> parts = new ArrayList<>();

    private Hovers(Analysis analysis, int offset) {
        this.analysis = analysis;
        this.offset = offset;
    }

    static Optional<Hover> at(Analysis analysis, int offset) {
        return new Hovers(analysis, offset).hover();
    }

    private Optional<Hover> hover() {
        Optional<Occurrence> occurrence = analysis.names().at(offset);
        Optional<Span> word = occurrence.map(Occurrence::span).or(() -> word(offset));
        var applied = new Applied(analysis, offset);
        applied.find();
        if (occurrence.isPresent()) {
            named(occurrence.get(), applied);
        } else if (word.isPresent()) {
            unnamed(word.get(), applied);
        }
        applied.describe(parts);
        problems();
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        var hover = new Hover(new MarkupContent(MarkupKind.MARKDOWN, String.join("\n\n", parts)));
        word.ifPresent(w -> hover.setRange(analysis.document().lines().range(w)));
        return Optional.of(hover);
    }

    private Optional<Span> word(int at) {
        String text = analysis.document().text();
        int start = at;
        int end = at;
        while (start > 0 && Character.isJavaIdentifierPart(text.charAt(start - 1))) {
            start--;
        }
        while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
            end++;
        }
        return start == end
                ? Optional.empty()
                : Optional.of(new Span(analysis.document().source(), start, end));
    }

    private void named(Occurrence occurrence, Applied applied) {
        Symbol symbol = occurrence.symbol();
        Optional<SemanticIndex.Fact> fact = fact(occurrence);
        String type = fact.map(SemanticIndex.Fact::type).orElse("");
        boolean typed = !type.isEmpty() && !symbol.isDeclaration();
        String text = symbol.text();
        parts.add(code(
                symbol.kind() == Symbol.Kind.DIM
                        ? symbol.text()
                        : typed && !text.contains(":") ? text + ": " + type : text));
        if (symbol.kind() == Symbol.Kind.DIM) {
            dim(symbol, fact);
        } else if (typed && text.contains(":")) {
            fact.flatMap(SemanticIndex.Fact::constant)
                    .ifPresentOrElse(k -> parts.add("here `" + k + "`"), () -> parts.add("`" + type + "`"));
        }
        fact.flatMap(SemanticIndex.Fact::derivation).ifPresent(d -> parts.add("since `" + d + "`"));
        fact.flatMap(SemanticIndex.Fact::use).ifPresent(u -> parts.add("*" + u + "*"));
        model(symbol);
        if (!symbol.doc().isEmpty()) {
            parts.add(symbol.doc());
        }
        applied.of(symbol);
    }

    private void dim(Symbol symbol, Optional<SemanticIndex.Fact> fact) {
        String value = fact.flatMap(SemanticIndex.Fact::constant)
                .filter(v -> !v.equals(symbol.name()))
                .map(v -> "`" + symbol.name() + "` is `" + v + "`")
                .orElse("`" + symbol.name() + "` is free: known per call");
        parts.add(value);
    }

    /** The weights of a model or block over its name. */
    private void model(Symbol symbol) {
        if (symbol.kind() != Symbol.Kind.MODEL && symbol.kind() != Symbol.Kind.BLOCK) {
            return;
        }
        analysis.index().layer(symbol.span()).flatMap(Shown::parameters).ifPresent(parts::add);
    }

    private Optional<SemanticIndex.Fact> fact(Occurrence occurrence) {
        Symbol symbol = occurrence.symbol();
        SemanticIndex index = analysis.index();
        return index.value(occurrence.span())
                .or(() -> index.value(symbol.span()))
                .or(() -> symbol.value().flatMap(index::value))
                .or(() -> symbol.value().flatMap(index::stage));
    }

    private void unnamed(Span word, Applied applied) {
        analysis.index().value(word).ifPresent(f -> parts.add(code(f.type())));
        applied.builtin(word.text()).ifPresent(b -> parts.addFirst(code(b)));
    }

    private void problems() {
        for (var finding : analysis.diagnostics()) {
            Span span = finding.span();
            if (span.file().equals(analysis.document().source()) && span.start() <= offset && offset <= span.end()) {
                Explanations.of(finding.code()).ifPresent(e -> parts.add("---\n" + e));
            }
        }
    }

    static String code(String text) {
        return "```nnd\n" + text + "\n```";
    }

    /** The innermost stage or call whose layer or function is hovered over. */
    private static final class Applied {
        private final Analysis analysis;
        private final int offset;
        private Optional<Span> place = Optional.empty();
        private boolean stage;
        private boolean callee;
        private Optional<Symbol> symbol = Optional.empty();

        Applied(Analysis analysis, int offset) {
            this.analysis = analysis;
            this.offset = offset;
        }

        void find() {
            var file = analysis.document().parsed().file();
            Syntax.expressions(file, offset, offset, e -> {
                if (e instanceof Expr.Call call) {
                    take(call.callee().span(), call.span(), false);
                }
                if (e instanceof Expr.Pipe p) {
                    p.stages().forEach(s -> take(head(s), s.span(), true));
                }
            });
        }

        /** The place that stands for a stage: its function's name. */
        private static Span head(Expr.Stage stage) {
            return switch (stage.function()) {
                case Expr.Call call -> call.callee().span();
                case Expr.Index index -> index.target().span();
                case Expr other -> other.span();
            };
        }

        private void take(Span head, Span whole, boolean isStage) {
            if (head.start() <= offset && offset <= head.end()) {
                if (!(stage && whole.start() == place.map(Span::start).orElse(-1))) {
                    place = Optional.of(whole);
                    stage = isStage;
                }
                callee = true;
            }
        }

        void of(Symbol hovered) {
            symbol = Optional.of(hovered);
        }

        Optional<String> builtin(String word) {
            return callee || symbol.isEmpty() ? Words.signature(word) : Optional.empty();
        }

        void describe(List<String> parts) {
            if (place.isEmpty()) {
                return;
            }
            SemanticIndex index = analysis.index();
            Optional<SemanticIndex.Fact> fact = stage ? index.stage(place.get()) : index.value(place.get());
            var lines = new ArrayList<String>();
            fact.filter(SemanticIndex.Fact::isTensor).ifPresent(f -> {
                lines.add("gives `" + f.type() + "`");
                f.derivation().ifPresent(d -> lines.add("since `" + d + "`"));
            });
            Optional<TypedBlock> layer = index.layer(place.get());
            layer.flatMap(Shown::parameters).ifPresent(lines::add);
            if (!lines.isEmpty()) {
                parts.add(Math.min(1, parts.size()), String.join("  \n", lines));
            }
            fact.flatMap(SemanticIndex.Fact::use)
                    .filter(u -> !parts.contains("*" + u + "*"))
                    .ifPresent(u -> parts.add("*" + u + "*"));
            layer.map(TypedBlock::declaration).ifPresent(d -> outputs(d, parts));
        }

        private static void outputs(Decl.Block declaration, List<String> parts) {
            var lines = new ArrayList<String>();
            for (Stmt statement : declaration.body()) {
                switch (statement) {
                    case Stmt.Input i
                    when !i.doc().isEmpty() ->
                        lines.add(
                                "- input `" + i.name().name() + "`: " + i.doc().replace("\n", " "));
                    case Stmt.Output o
                    when !o.doc().isEmpty() && o.name().isPresent() ->
                        lines.add("- output `" + o.name().get().name() + "`: "
                                + o.doc().replace("\n", " "));
                    case Stmt other -> {}
                }
            }
            if (!lines.isEmpty()) {
                parts.add(String.join("\n", lines));
            }
        }
    }
}
