package dev.nnd.compiler.lsp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;

/** An editor without a screen: a client of a server in the same process, over piped streams. */
final class Editor implements LanguageClient, AutoCloseable {

    private static final long PATIENCE_SECONDS = 600;

    private final LanguageServer server;
    private final FutureTask<Integer> exit;
    private final Map<String, PublishDiagnosticsParams> published = new ConcurrentHashMap<>();
    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final Map<String, Integer> versions = new ConcurrentHashMap<>();
    private final PipedOutputStream toServer;

    Editor(Path cache, Path... folders) throws Exception {
        var serverIn = new PipedInputStream(1 << 16);
        toServer = new PipedOutputStream(serverIn);
        var clientIn = new PipedInputStream(1 << 16);
        var fromServer = new PipedOutputStream(clientIn);
        exit = new FutureTask<>(() -> {
            try (fromServer) {
                return NndLanguageServer.serve(serverIn, fromServer, cache);
            }
        });
        var thread = new Thread(exit, "server");
        thread.setDaemon(true);
        thread.start();
        Launcher<LanguageServer> launcher = LSPLauncher.createClientLauncher(this, clientIn, toServer);
        Future<Void> listening = launcher.startListening();
        assertTrue(!listening.isDone());
        server = launcher.getRemoteProxy();
        var params = new InitializeParams();
        params.setCapabilities(new ClientCapabilities());
        params.setWorkspaceFolders(List.of(folders).stream()
                .map(f -> new WorkspaceFolder(Uris.of(f), f.toString()))
                .toList());
        get(server.initialize(params));
    }

    LanguageServer server() {
        return server;
    }

    static <T> T get(CompletableFuture<T> answer) throws Exception {
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** The reason why a request failed. */
    static String failure(CompletableFuture<?> answer) throws Exception {
        try {
            return "no failure but " + answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return e.toString();
        }
    }

    String open(Path file, String text) {
        return open(Uris.of(file), text);
    }

    String open(String uri, String text) {
        texts.put(uri, text);
        versions.put(uri, 1);
        server.getTextDocumentService()
                .didOpen(new DidOpenTextDocumentParams(new TextDocumentItem(uri, "nnd", 1, text)));
        return uri;
    }

    void close(String uri) {
        server.getTextDocumentService().didClose(new DidCloseTextDocumentParams(new TextDocumentIdentifier(uri)));
    }

    String text(String uri) {
        return texts.getOrDefault(uri, "");
    }

    /** Replaces the first occurrence of some words, as an incremental change. */
    void replace(String uri, String words, String by) {
        String text = text(uri);
        int at = text.indexOf(words);
        assertTrue(at >= 0, words);
        var lines = new TextLines(text);
        change(uri, lines.range(at, at + words.length()), by);
    }

    private void change(String uri, Range range, String by) {
        int version = versions.merge(uri, 1, Integer::sum);
        texts.put(uri, applied(text(uri), List.of(new TextEdit(range, by))));
        server.getTextDocumentService()
                .didChange(new DidChangeTextDocumentParams(
                        new VersionedTextDocumentIdentifier(uri, version),
                        List.of(new TextDocumentContentChangeEvent(range, by))));
    }

    /** Applies the edits of an answer to the text, as an editor does, and tells the server. */
    void apply(String uri, List<? extends TextEdit> edits) {
        var all = new ArrayList<TextEdit>(edits);
        all.sort((a, b) -> compare(b.getRange().getStart(), a.getRange().getStart()));
        all.forEach(e -> change(uri, e.getRange(), e.getNewText()));
    }

    private static int compare(Position a, Position b) {
        return a.getLine() == b.getLine()
                ? Integer.compare(a.getCharacter(), b.getCharacter())
                : Integer.compare(a.getLine(), b.getLine());
    }

    private static String applied(String text, List<TextEdit> edits) {
        String result = text;
        var lines = new TextLines(text);
        for (TextEdit edit : edits) {
            result = text.substring(0, lines.offset(edit.getRange().getStart()))
                    + edit.getNewText()
                    + text.substring(lines.offset(edit.getRange().getEnd()));
        }
        return result;
    }

    /** The findings of the text's newest version; waits for them. */
    List<Diagnostic> findings(String uri) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int version = versions.getOrDefault(uri, 1);
        synchronized (published) {
            while (System.nanoTime() < end) {
                PublishDiagnosticsParams params = published.get(uri);
                if (params != null && params.getVersion() != null && params.getVersion() == version) {
                    return params.getDiagnostics();
                }
                published.wait(100);
            }
        }
        throw new TimeoutException("no findings for " + uri);
    }

    List<String> codes(String uri) throws Exception {
        return findings(uri).stream().map(d -> d.getCode().getLeft()).toList();
    }

    /** Waits until the findings of a text have these codes. */
    void awaitCodes(String uri, String... codes) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!codes(uri).equals(List.of(codes))) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("still " + findings(uri));
            }
            synchronized (published) {
                published.wait(50);
            }
        }
    }

    /** The position of {@code |} in some words of a text. */
    Position position(String uri, String words) {
        int bar = words.indexOf('|');
        String plain = words.replace("|", "");
        int at = text(uri).indexOf(plain);
        assertTrue(at >= 0, plain);
        return new TextLines(text(uri)).position(at + Math.max(0, bar));
    }

    String hover(String uri, String words) throws Exception {
        Hover hover = get(server.getTextDocumentService()
                .hover(new HoverParams(new TextDocumentIdentifier(uri), position(uri, words))));
        return hover == null ? "" : hover.getContents().getRight().getValue();
    }

    List<CompletionItem> complete(String uri, String words) throws Exception {
        return get(server.getTextDocumentService()
                        .completion(new CompletionParams(new TextDocumentIdentifier(uri), position(uri, words))))
                .getLeft();
    }

    List<String> labels(String uri, String words) throws Exception {
        return complete(uri, words).stream().map(CompletionItem::getLabel).toList();
    }

    @Override
    public void publishDiagnostics(PublishDiagnosticsParams params) {
        synchronized (published) {
            published.put(params.getUri(), params);
            published.notifyAll();
        }
    }

    @Override
    public void telemetryEvent(Object object) {}

    @Override
    public void showMessage(MessageParams params) {}

    @Override
    public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams params) {
        return CompletableFuture.completedFuture(new MessageActionItem("ok"));
    }

    @Override
    public void logMessage(MessageParams params) {}

    @Override
    public CompletableFuture<Void> refreshInlayHints() {
        return CompletableFuture.completedFuture(null);
    }

    /** Says shutdown and exit; gives the server's exit code. */
    int end() throws Exception {
        get(server.shutdown());
        server.exit();
        return exit.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.exit();
        try {
            exit.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            toServer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the server does not end", e);
        }
    }
}
