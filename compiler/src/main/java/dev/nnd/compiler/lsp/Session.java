package dev.nnd.compiler.lsp;

import dev.nnd.compiler.Compiler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.jsonrpc.CompletableFutures;
import org.eclipse.lsp4j.services.LanguageClient;
import org.jspecify.annotations.Nullable;

/**
 * What a server knows and has to do. Texts change on the protocol's thread, at once; checking and answering is done on
 * other threads, and given up when a newer change makes it out of date.
 */
final class Session {

    private static final Logger LOG = Logger.getLogger(Session.class.getName());
    private static final long DEBOUNCE_MILLIS = 120;
    private static final long STACK = 64L << 20;

    private final Workspace workspace;
    private final Analyses analyses;
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor(threads("check"));
    private final ExecutorService requests = Executors.newFixedThreadPool(2, threads("request"));
    private final AtomicReference<@Nullable Future<?>> pending = new AtomicReference<>();
    private final Map<String, PublishDiagnosticsParams> published = new ConcurrentHashMap<>();
    private volatile Settings settings = Settings.STANDARD;
    private volatile @Nullable LanguageClient client;

    Session(Compiler compiler, Path cache) {
        this.workspace = new Workspace(new Library(compiler.library(), cache));
        this.analyses = new Analyses(compiler, workspace);
    }

    /** Deeply nested texts need a deep stack. */
    private static ThreadFactory threads(String name) {
        return task -> {
            var thread = new Thread(null, task, "nnd-" + name, STACK);
            thread.setDaemon(true);
            return thread;
        };
    }

    void connect(LanguageClient to) {
        client = to;
    }

    Settings settings() {
        return settings;
    }

    Optional<Analysis> latest(String uri) {
        return analyses.latest(uri);
    }

    void configure(@Nullable Object json) {
        Settings before = settings;
        settings = Settings.of(json, before);
        LanguageClient to = client;
        if (to != null && !before.equals(settings)) {
            to.refreshInlayHints();
        }
    }

    void opened(String uri, int version, String text) {
        workspace.open(uri, version, text);
        check(uri, 0);
    }

    void changed(String uri, int version, List<TextDocumentContentChangeEvent> changes) {
        if (workspace.change(uri, version, changes)) {
            check(uri, DEBOUNCE_MILLIS);
        }
    }

    void closed(String uri) {
        workspace.close(uri);
        analyses.forget(uri);
        published.remove(uri);
        publish(new PublishDiagnosticsParams(uri, List.of()));
        check(uri, DEBOUNCE_MILLIS);
    }

    void folder(String uri, boolean added) {
        workspace.folder(uri, added);
        check("", DEBOUNCE_MILLIS);
    }

    void filesChanged() {
        workspace.filesChanged();
        check("", DEBOUNCE_MILLIS);
    }

    /** Checks a text, then the other open ones, which may import from it; what was under way is given up. */
    private void check(String uri, long delay) {
        Future<?> next = background.schedule(() -> checkAll(uri), delay, TimeUnit.MILLISECONDS);
        Future<?> before = pending.getAndSet(next);
        if (before != null) {
            before.cancel(false);
        }
    }

    private void checkAll(String first) {
        long generation = workspace.generation();
        try {
            if (workspace.open(first).isPresent()) {
                checkOne(first, generation);
            }
            for (String other : workspace.others(first)) {
                checkOne(other, generation);
            }
        } catch (CancellationException newer) {
            LOG.log(Level.FINE, "a newer change came");
        } catch (RuntimeException | StackOverflowError e) {
            LOG.log(Level.SEVERE, "checking failed", e);
        }
    }

    private void checkOne(String uri, long generation) {
        Optional<Analysis> found = analyses.current(uri, () -> workspace.generation() != generation);
        if (workspace.generation() != generation) {
            throw new CancellationException();
        }
        found.map(Findings::of).ifPresent(p -> {
            PublishDiagnosticsParams before = published.put(uri, p);
            boolean same = before != null
                    && before.getDiagnostics().equals(p.getDiagnostics())
                    && Objects.equals(before.getVersion(), p.getVersion());
            if (!same) {
                publish(p);
            }
        });
    }

    private void publish(PublishDiagnosticsParams params) {
        LanguageClient to = client;
        if (to != null) {
            to.publishDiagnostics(params);
        }
    }

    /** Answers from the analysis of a text as it is now; with {@code unknown} for a text that is not known. */
    <T> CompletableFuture<@Nullable T> ask(String uri, @Nullable T unknown, Function<Analysis, T> answer) {
        return CompletableFutures.computeAsync(requests, cancelled -> {
            Optional<Analysis> analysis = analyses.current(uri, cancelled::isCanceled);
            cancelled.checkCanceled();
            return analysis.isPresent() ? answer.apply(analysis.get()) : unknown;
        });
    }

    /** Answers from a text alone, without checking it. */
    <T> CompletableFuture<@Nullable T> read(String uri, @Nullable T unknown, BiFunction<Document, Project, T> answer) {
        return CompletableFutures.computeAsync(requests, cancelled -> {
            Project project = workspace.project();
            Optional<Document> document = project.document(uri);
            cancelled.checkCanceled();
            return document.isPresent() ? answer.apply(document.get(), project) : unknown;
        });
    }

    /** Answers from all texts. */
    <T> CompletableFuture<T> over(Function<Project, T> answer) {
        return CompletableFutures.computeAsync(requests, cancelled -> answer.apply(workspace.project()));
    }

    void stop() {
        background.shutdownNow();
        requests.shutdownNow();
    }
}
