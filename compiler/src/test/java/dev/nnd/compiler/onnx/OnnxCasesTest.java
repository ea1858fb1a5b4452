package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.GeneratedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public test cases of ONNX on the ordinary road: import, check, Java, run, compare. */
class OnnxCasesTest {

    private static final String LIGHT = "onnx-light";

    private static final List<String> FOLDERS =
            List.of("onnx-node", "onnx-simple", "onnx-pytorch-converted", "onnx-pytorch-operator", LIGHT, "models");

    /** At least this share has to pass. */
    private static final double SHARE = 0.95;

    private static final Path FAILING = Path.of("src/test/resources/onnx-failing.tsv");

    /** So many cases go into one run of javac. */
    private static final int BATCH = 40;

    private static final int LONGEST = 200;

    @TempDir
    private Path folder;

    @Test
    void casesPass() throws IOException {
        assumeTrue(Files.isDirectory(OnnxCase.shared()), "there is no folder ../shared/data with the cases");
        String filter = System.getProperty("nnd.case", "");
        int passing = 0;
        int total = 0;
        var lines = new ArrayList<String>();
        for (String name : FOLDERS) {
            List<OnnxCase> cases = (name.equals(LIGHT) ? OnnxCase.light() : OnnxCase.folder(name))
                    .stream()
                            .filter(c -> c.name().matches(".*(?:" + filter + ").*"))
                            .toList();
            if (cases.isEmpty()) {
                continue;
            }
            int before = lines.size();
            for (int from = 0; from < cases.size(); from += BATCH) {
                run(cases.subList(from, Math.min(from + BATCH, cases.size())), !filter.isEmpty(), lines);
            }
            passing += cases.size() - (lines.size() - before);
            total += cases.size();
            System.out.println(name + ": " + (cases.size() - (lines.size() - before)) + " of " + cases.size());
        }
        assertTrue(total == 0 || passing >= SHARE * total, passing + " of " + total + " pass: " + lines);
        if (filter.isEmpty()) {
            compare(lines);
        } else {
            lines.forEach(System.out::println);
        }
    }

    /** The file lists exactly the cases that fail, with the reason. */
    private static void compare(List<String> lines) throws IOException {
        if (Boolean.getBoolean("nnd.update")) {
            Files.write(FAILING, lines);
        }
        assertEquals(
                String.join("\n", Files.readAllLines(FAILING)),
                String.join("\n", lines),
                "run with -Dnnd.update=true and read the difference");
    }

    private void run(List<OnnxCase> cases, boolean shows, List<String> lines) throws IOException {
        var prepared = new ArrayList<CaseRun.Prepared>();
        var files = new ArrayList<GeneratedFile>();
        for (int i = 0; i < cases.size(); i++) {
            CaseRun.Prepared one = CaseRun.prepare(cases.get(i), i);
            prepared.add(one);
            one.files().stream().filter(f -> !f.vector()).forEach(files::add);
            if (shows) {
                one.imported().ifPresent(t -> System.out.println(t.text()));
            }
        }
        ClassLoader all = loader(files);
        for (CaseRun.Prepared one : prepared) {
            CaseRun.Outcome outcome = one.failure().orElseGet(() -> outcome(one, all));
            if (!outcome.passed()) {
                lines.add(one.one().name() + "\t" + outcome.stage() + "\t" + shortened(outcome.reason()));
            }
        }
    }

    private static String shortened(String reason) {
        return reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + "...";
    }

    /** If the batch does not compile, the case shows it by itself. */
    private CaseRun.Outcome outcome(CaseRun.Prepared one, ClassLoader all) {
        try {
            ClassLoader loader = all.equals(BROKEN)
                    ? loaderOf(one.files().stream().filter(f -> !f.vector()).toList())
                    : all;
            return CaseRun.run(one, loader, folder);
        } catch (IllegalStateException broken) {
            return CaseRun.Outcome.failed("javac", String.valueOf(broken.getMessage()));
        }
    }

    private static final ClassLoader BROKEN = new ClassLoader() {};

    private static ClassLoader loader(List<GeneratedFile> files) {
        try {
            return loaderOf(files);
        } catch (IllegalStateException broken) {
            return BROKEN;
        }
    }

    private static ClassLoader loaderOf(List<GeneratedFile> files) {
        String classPath = System.getProperty("java.class.path");
        return InMemoryJava.compile(files, classPath).loader(OnnxCasesTest.class.getClassLoader());
    }
}
