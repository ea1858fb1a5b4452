package dev.nnd.compiler.lsp;

import dev.nnd.compiler.Compiler;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionOptions;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.RenameOptions;
import org.eclipse.lsp4j.SemanticTokensWithRegistrationOptions;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SetTraceParams;
import org.eclipse.lsp4j.SignatureHelpOptions;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.WorkspaceFoldersOptions;
import org.eclipse.lsp4j.WorkspaceServerCapabilities;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/** The language server. */
public final class NndLanguageServer implements LanguageServer {

    /** The exit code that the protocol wants after a shutdown in order. */
    private static final int IN_ORDER = 0;

    private static final int OUT_OF_ORDER = 1;
    private static final Logger LOG = Logger.getLogger(NndLanguageServer.class.getName());

    private final Session session;
    private final NndTextService texts;
    private final NndWorkspaceService workspace;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean shutDown;

    private NndLanguageServer(Session session) {
        this.session = session;
        this.texts = new NndTextService(session);
        this.workspace = new NndWorkspaceService(session);
    }

    /**
     * Serves one client until it says {@code exit}, closes its stream or, if it said who it is, its process ends.
     *
     * @param cache a folder for copies of the library's files
     * @return the exit code
     */
    public static int serve(InputStream in, OutputStream out, Path cache) throws InterruptedException {
        var session = new Session(new Compiler(), cache);
        var server = new NndLanguageServer(session);
        ExecutorService messages = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "nnd-messages");
            thread.setDaemon(true);
            return thread;
        });
        Launcher<LanguageClient> launcher = new LSPLauncher.Builder<LanguageClient>()
                .setLocalService(server)
                .setRemoteInterface(LanguageClient.class)
                .setInput(in)
                .setOutput(out)
                .setExecutorService(messages)
                .create();
        session.connect(launcher.getRemoteProxy());
        Future<Void> listening = launcher.startListening();
        messages.execute(() -> {
            try {
                listening.get();
            } catch (ExecutionException | InterruptedException | CancellationException ends) {
                LOG.log(Level.FINE, "the stream ended", ends);
            } finally {
                server.ended.countDown();
            }
        });
        server.ended.await();
        listening.cancel(true);
        session.stop();
        messages.shutdownNow();
        return server.shutDown ? IN_ORDER : OUT_OF_ORDER;
    }

    /** The folder for the copies of the library in the user's cache. */
    public static Path userCache() {
        return Library.userCache();
    }

    @Override
    public CompletableFuture<InitializeResult> initialize(InitializeParams params) {
        Optional.ofNullable(params.getProcessId()).ifPresent(this::watch);
        Optional.ofNullable(params.getWorkspaceFolders())
                .orElse(List.of())
                .forEach(f -> session.folder(f.getUri(), true));
        session.configure(params.getInitializationOptions());
        var result = new InitializeResult(capabilities());
        result.setServerInfo(new ServerInfo("nnd", version()));
        return CompletableFuture.completedFuture(result);
    }

    private static String version() {
        String version = NndLanguageServer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private void watch(int process) {
        Optional<ProcessHandle> client = ProcessHandle.of(process);
        if (client.isEmpty()) {
            return;
        }
        client.get().onExit().thenRun(ended::countDown);
    }

    private static ServerCapabilities capabilities() {
        var can = new ServerCapabilities();
        can.setTextDocumentSync(TextDocumentSyncKind.Incremental);
        can.setHoverProvider(true);
        can.setInlayHintProvider(true);
        can.setDefinitionProvider(true);
        can.setReferencesProvider(true);
        can.setDocumentHighlightProvider(true);
        can.setDocumentSymbolProvider(true);
        can.setWorkspaceSymbolProvider(true);
        can.setFoldingRangeProvider(true);
        can.setDocumentFormattingProvider(true);
        can.setDocumentRangeFormattingProvider(true);
        can.setCompletionProvider(new CompletionOptions(false, List.of(".", ">", "(", ",", "[", ":", "\"")));
        can.setSignatureHelpProvider(new SignatureHelpOptions(List.of("(", ",")));
        can.setRenameProvider(new RenameOptions(true));
        can.setCodeActionProvider(new CodeActionOptions(List.of(CodeActionKind.QuickFix, Fixes.ALL)));
        can.setSemanticTokensProvider(new SemanticTokensWithRegistrationOptions(SemanticTokensWriter.LEGEND, true));
        var folders = new WorkspaceFoldersOptions();
        folders.setSupported(true);
        folders.setChangeNotifications(true);
        can.setWorkspace(new WorkspaceServerCapabilities(folders));
        return can;
    }

    @Override
    public void setTrace(SetTraceParams params) {
        // Nothing is traced.
    }

    @Override
    public CompletableFuture<Object> shutdown() {
        shutDown = true;
        return CompletableFuture.completedFuture(new Object());
    }

    @Override
    public void exit() {
        ended.countDown();
    }

    @Override
    public TextDocumentService getTextDocumentService() {
        return texts;
    }

    @Override
    public WorkspaceService getWorkspaceService() {
        return workspace;
    }
}
