package dev.nnd.compiler.lsp;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.check.Checked;
import dev.nnd.compiler.check.SemanticIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Checks texts, each state once. */
final class Analyses {

    private final Compiler compiler;
    private final Workspace workspace;
    private final Map<String, Analysis> last = new ConcurrentHashMap<>();
    private final ReentrantLock checking = new ReentrantLock();

    Analyses(Compiler compiler, Workspace workspace) {
        this.compiler = compiler;
        this.workspace = workspace;
    }

    /** The analysis of the state of now; empty for a text that is not known. */
    Optional<Analysis> current(String uri, BooleanSupplier cancelled) {
        Project project = workspace.project();
        Optional<Document> document = project.document(uri);
        if (document.isEmpty()) {
            return Optional.empty();
        }
        checking.lock();
        try {
            Analysis known = last.get(uri);
            if (known == null || known.project() != project) {
                known = analyse(document.get(), project, cancelled);
                last.put(uri, known);
            }
            return Optional.of(known);
        } finally {
            checking.unlock();
        }
    }

    /** The last analysis of any state: for what had better be old than late. */
    Optional<Analysis> latest(String uri) {
        return Optional.ofNullable(last.get(uri));
    }

    void forget(String uri) {
        last.remove(uri);
    }

    private Analysis analyse(Document document, Project project, BooleanSupplier cancelled) {
        if (project.library().holds(document.source())) {
            return new Analysis(document, project, List.of(), SemanticIndex.EMPTY);
        }
        Checked checked = compiler.index(
                document.parsed(), project.siblings(document), name -> project.find(document, name), cancelled);
        return new Analysis(document, project, checked.diagnostics(), checked.index());
    }
}
