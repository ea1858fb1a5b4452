package dev.nnd.compiler.lsp;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.Command;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentHighlight;
import org.eclipse.lsp4j.DocumentHighlightParams;
import org.eclipse.lsp4j.DocumentRangeFormattingParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.LocationLink;
import org.eclipse.lsp4j.PrepareRenameDefaultBehavior;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.PrepareRenameResult;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentPositionParams;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.Either3;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.jspecify.annotations.Nullable;

/** The requests about one text. Notifications only note what changed; all work is done on threads of its own. */
final class NndTextService implements TextDocumentService {

    private final Session session;

    NndTextService(Session session) {
        this.session = session;
    }

    private static String uri(TextDocumentIdentifier document) {
        return Uris.normal(document.getUri());
    }

    @Override
    public void didOpen(DidOpenTextDocumentParams params) {
        var document = params.getTextDocument();
        session.opened(Uris.normal(document.getUri()), document.getVersion(), document.getText());
    }

    @Override
    public void didChange(DidChangeTextDocumentParams params) {
        var document = params.getTextDocument();
        int version = document.getVersion() == null ? 0 : document.getVersion();
        session.changed(uri(document), version, params.getContentChanges());
    }

    @Override
    public void didClose(DidCloseTextDocumentParams params) {
        session.closed(uri(params.getTextDocument()));
    }

    @Override
    public void didSave(DidSaveTextDocumentParams params) {
        // An open text is the client's own state, which is known already.
    }

    private static int offset(Analysis analysis, TextDocumentPositionParams params) {
        return analysis.document().lines().offset(params.getPosition());
    }

    @Override
    public CompletableFuture<@Nullable Hover> hover(HoverParams params) {
        return session.ask(
                uri(params.getTextDocument()),
                null,
                a -> Hovers.at(a, offset(a, params)).orElse(null));
    }

    @Override
    public CompletableFuture<List<InlayHint>> inlayHint(InlayHintParams params) {
        return session.ask(
                uri(params.getTextDocument()), List.of(), a -> InlayHints.in(a, session.settings(), params.getRange()));
    }

    @Override
    public CompletableFuture<Either<List<? extends Location>, List<? extends LocationLink>>> definition(
            DefinitionParams params) {
        return session.ask(
                uri(params.getTextDocument()),
                Either.forLeft(List.of()),
                a -> Either.forLeft(Navigation.definition(a, offset(a, params))));
    }

    @Override
    public CompletableFuture<List<? extends Location>> references(ReferenceParams params) {
        boolean declaration = params.getContext().isIncludeDeclaration();
        return session.ask(
                uri(params.getTextDocument()),
                List.of(),
                a -> Navigation.references(a, offset(a, params), declaration));
    }

    @Override
    public CompletableFuture<List<? extends DocumentHighlight>> documentHighlight(DocumentHighlightParams params) {
        return session.ask(uri(params.getTextDocument()), List.of(), a -> Navigation.highlights(a, offset(a, params)));
    }

    @Override
    public CompletableFuture<List<Either<SymbolInformation, DocumentSymbol>>> documentSymbol(
            DocumentSymbolParams params) {
        return session.read(
                uri(params.getTextDocument()),
                List.of(),
                (d, p) -> Outline.of(d).stream()
                        .map(Either::<SymbolInformation, DocumentSymbol>forRight)
                        .toList());
    }

    @Override
    public CompletableFuture<List<FoldingRange>> foldingRange(FoldingRangeRequestParams params) {
        return session.read(uri(params.getTextDocument()), List.of(), (d, p) -> Outline.folds(d));
    }

    @Override
    public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(CompletionParams params) {
        String uri = uri(params.getTextDocument());
        return session.read(
                uri,
                Either.forLeft(List.of()),
                (d, p) -> Either.forLeft(
                        Completions.at(d, p, d.lines().offset(params.getPosition()), session.latest(uri))));
    }

    @Override
    public CompletableFuture<@Nullable SignatureHelp> signatureHelp(SignatureHelpParams params) {
        return session.read(
                uri(params.getTextDocument()),
                null,
                (d, p) -> Signatures.at(d, p, d.lines().offset(params.getPosition()))
                        .orElse(null));
    }

    @Override
    public CompletableFuture<List<Either<Command, CodeAction>>> codeAction(CodeActionParams params) {
        List<String> only = Optional.ofNullable(params.getContext().getOnly()).orElse(List.of());
        return session.ask(
                uri(params.getTextDocument()),
                List.of(),
                a -> Fixes.in(a, params.getRange(), only).stream()
                        .map(Either::<Command, CodeAction>forRight)
                        .toList());
    }

    @Override
    public CompletableFuture<Either3<Range, PrepareRenameResult, PrepareRenameDefaultBehavior>> prepareRename(
            PrepareRenameParams params) {
        return session.ask(
                uri(params.getTextDocument()), null, a -> Either3.forFirst(Renaming.prepare(a, offset(a, params))));
    }

    @Override
    public CompletableFuture<@Nullable WorkspaceEdit> rename(RenameParams params) {
        return session.ask(
                uri(params.getTextDocument()), null, a -> Renaming.rename(a, offset(a, params), params.getNewName()));
    }

    @Override
    public CompletableFuture<List<? extends TextEdit>> formatting(DocumentFormattingParams params) {
        return session.read(uri(params.getTextDocument()), List.of(), (d, p) -> Formatting.of(d));
    }

    @Override
    public CompletableFuture<List<? extends TextEdit>> rangeFormatting(DocumentRangeFormattingParams params) {
        return session.read(uri(params.getTextDocument()), List.of(), (d, p) -> Formatting.of(d, params.getRange()));
    }

    @Override
    public CompletableFuture<SemanticTokens> semanticTokensFull(SemanticTokensParams params) {
        return session.ask(uri(params.getTextDocument()), new SemanticTokens(List.of()), SemanticTokensWriter::of);
    }
}
