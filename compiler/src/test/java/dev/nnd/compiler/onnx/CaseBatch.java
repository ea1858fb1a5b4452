package dev.nnd.compiler.onnx;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.GeneratedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Many cases on their way together: the sources of a batch are compiled in one run of javac. */
final class CaseBatch {

    /** So many cases go into one run of javac. */
    private static final int SIZE = 40;

    private static final ClassLoader BROKEN = new ClassLoader() {};

    /** A case and how far it came. */
    record Result(OnnxCase one, CaseRun.Outcome outcome) {}

    private CaseBatch() {}

    /**
     * Runs all cases.
     *
     * @param shown gets the text of each imported model
     */
    static List<Result> run(List<OnnxCase> cases, Path folder, Consumer<Imported> shown) throws IOException {
        var results = new ArrayList<Result>();
        for (int from = 0; from < cases.size(); from += SIZE) {
            part(cases.subList(from, Math.min(from + SIZE, cases.size())), folder, shown, results);
        }
        return results;
    }

    private static void part(List<OnnxCase> cases, Path folder, Consumer<Imported> shown, List<Result> results)
            throws IOException {
        var prepared = new ArrayList<CaseRun.Prepared>();
        var files = new ArrayList<GeneratedFile>();
        for (int i = 0; i < cases.size(); i++) {
            CaseRun.Prepared one = CaseRun.prepare(cases.get(i), i);
            prepared.add(one);
            one.files().stream().filter(f -> !f.vector()).forEach(files::add);
            one.imported().ifPresent(shown);
        }
        ClassLoader all = loader(files);
        for (CaseRun.Prepared one : prepared) {
            results.add(new Result(one.one(), one.failure().orElseGet(() -> outcome(one, all, folder))));
        }
    }

    /** If the batch does not compile, the case shows it by itself. */
    private static CaseRun.Outcome outcome(CaseRun.Prepared one, ClassLoader all, Path folder) {
        try {
            ClassLoader loader = all.equals(BROKEN)
                    ? loaderOf(one.files().stream().filter(f -> !f.vector()).toList())
                    : all;
            return CaseRun.run(one, loader, folder);
        } catch (IllegalStateException broken) {
            return CaseRun.Outcome.failed("javac", String.valueOf(broken.getMessage()));
        }
    }

    private static ClassLoader loader(List<GeneratedFile> files) {
        try {
            return loaderOf(files);
        } catch (IllegalStateException broken) {
            return BROKEN;
        }
    }

    static ClassLoader loaderOf(List<GeneratedFile> files) {
        String classPath = System.getProperty("java.class.path");
        return InMemoryJava.compile(files, classPath).loader(CaseBatch.class.getClassLoader());
    }
}
