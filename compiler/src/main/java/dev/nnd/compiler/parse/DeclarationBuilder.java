package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.grammar.NndParser.BlockDeclarationContext;
import dev.nnd.grammar.NndParser.DataDeclarationContext;
import dev.nnd.grammar.NndParser.DeclarationContext;
import dev.nnd.grammar.NndParser.FunctionDeclarationContext;
import dev.nnd.grammar.NndParser.ParameterContext;
import dev.nnd.grammar.NndParser.ParametersContext;
import dev.nnd.grammar.NndParser.TrainDeclarationContext;
import dev.nnd.grammar.NndParser.TuneDeclarationContext;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds the declarations of a file. */
final class DeclarationBuilder {

    private final Names names;
    private final TypeBuilder types;
    private final StatementBuilder statements;
    private final DataBuilder data;
    private final TrainBuilder train;

    DeclarationBuilder(
            Names names, TypeBuilder types, StatementBuilder statements, DataBuilder data, TrainBuilder train) {
        this.names = names;
        this.types = types;
        this.statements = statements;
        this.data = data;
        this.train = train;
    }

    Decl declaration(DeclarationContext context) {
        Span span = names.span(context);
        String doc = names.doc(context);
        return switch (context.getChild(0)) {
            case BlockDeclarationContext b ->
                new Decl.Block(
                        doc,
                        b.CHECKPOINT() != null,
                        b.MODEL() != null,
                        names.ident(b.name()),
                        parameters(b.parameters()),
                        statements.body(b.body()),
                        span);
            case FunctionDeclarationContext f -> function(f, doc, span);
            case DataDeclarationContext d ->
                new Decl.Data(doc, names.ident(d.name(0)), names.optional(d.parent), data.items(d.dataBody()), span);
            case TrainDeclarationContext t ->
                new Decl.Train(
                        doc, names.ident(t.name()), parameters(t.parameters()), train.items(t.trainBody()), span);
            case TuneDeclarationContext t -> new Decl.Tune(doc, names.ident(t.name()), train.items(t.tuneBody()), span);
            default -> throw new IllegalStateException("no such declaration: " + context.getText());
        };
    }

    private Decl function(FunctionDeclarationContext context, String doc, Span span) {
        List<Stmt> body =
                context.body() != null ? statements.body(context.body()) : statements.body(context.expression());
        return new Decl.Function(
                doc,
                names.ident(context.name()),
                parameters(context.parameters()),
                types.result(context.result()),
                body,
                span);
    }

    private List<Decl.Parameter> parameters(@Nullable ParametersContext context) {
        return context == null
                ? List.of()
                : context.parameter().stream()
                        .filter(Names::whole)
                        .map(this::parameter)
                        .toList();
    }

    private Decl.Parameter parameter(ParameterContext context) {
        var init = Optional.ofNullable(context.expression()).map(types::value);
        return new Decl.Parameter(names.ident(context.name()), types.type(context.type()), init, names.span(context));
    }
}
