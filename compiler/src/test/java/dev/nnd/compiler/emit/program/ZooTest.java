package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.Seed;
import dev.nnd.compiler.autodiff.DifferenceChecks;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.format.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The networks of {@code examples/zoo}: they check without a finding and assert their number of parameters; and small
 * instances of their layers, listed in {@code zoo.txt}, run in generated Java as in the reference, with gradients that equal
 * finite differences.
 */
class ZooTest {

    private static final Path ZOO = Path.of("..", "examples", "zoo");
    private static final Pattern MODEL = Pattern.compile("(?m)^model (\\w+)");
    private static final Pattern COUNT = Pattern.compile("require parameters == [\\d_]+,");

    @TestFactory
    Stream<DynamicTest> checks() throws IOException {
        return files().stream()
                .map(f -> dynamicTest(f.name(), () -> {
                    List<Diagnostic> found = new Compiler().check(CompilerRun.of(f));
                    assertEquals(
                            List.of(), found.stream().map(Diagnostic::message).toList());
                    assertEquals(f.text(), Formatter.format(f).text());
                    long models = MODEL.matcher(f.text())
                            .results()
                            .filter(m -> !m.group(1).endsWith("Loss"))
                            .count();
                    assertTrue(models > 0);
                    assertEquals(
                            models, COUNT.matcher(f.text()).results().count(), "models that assert their parameters");
                }));
    }

    /** One that is off by one is refused: the count is asserted and not only written. */
    @TestFactory
    Stream<DynamicTest> refusesOtherCounts() throws IOException {
        return files().stream()
                .map(f -> dynamicTest(f.name(), () -> {
                    String changed =
                            COUNT.matcher(f.text()).replaceAll(m -> m.group().replace(",", " + 1,"));
                    List<Diagnostic> found = new Compiler().check(CompilerRun.of(new SourceFile(f.name(), changed)));
                    assertFalse(found.isEmpty());
                    found.forEach(d -> assertEquals("NND0333", d.code()));
                }));
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> run() throws IOException {
        String only = System.getProperty("nnd.row", "");
        List<SourceFile> files = files();
        long seed = Seed.fresh();
        return OpTableTest.table("/zoo.txt").stream()
                .filter(r -> only.isEmpty() || r.name().matches(only))
                .map(r -> dynamicTest(r.name(), () -> {
                    var project = new RowProject(List.of(r), imports(r, files), files);
                    new RowCheck(project, project.cases().getFirst(), 2, List.of(2, 3), 1e-3, new DifferenceChecks())
                            .check(seed);
                }));
    }

    /** The published sizes, over one example. */
    @Tag("benchmark")
    @TestFactory
    Stream<DynamicTest> runAtFullSize() throws IOException {
        String only = System.getProperty("nnd.row", "");
        List<SourceFile> files = files();
        return OpTableTest.table("/zoo-full.txt").stream()
                .filter(r -> only.isEmpty() || r.name().matches(only))
                .map(r -> dynamicTest(r.name(), () -> {
                    var project = new RowProject(List.of(r), imports(r, files), files);
                    var check =
                            new RowCheck(project, project.cases().getFirst(), 1, List.of(), 0, new DifferenceChecks());
                    double milliseconds = check.runs(Map.of("N", 1L, "T", 32L, "S", 32L, "H", 224L, "W", 224L), 1);
                    System.out.println(r.name() + ": " + Math.round(milliseconds) + " ms");
                }));
    }

    /** What the line names of the files. */
    static String imports(OpRow row, List<SourceFile> files) {
        String body = row.model().substring(row.model().indexOf('{'));
        var imports = new StringBuilder();
        for (SourceFile file : files) {
            String name = file.text()
                    .lines()
                    .filter(l -> l.startsWith("package "))
                    .findFirst()
                    .orElseThrow()
                    .substring(8);
            Pattern.compile("(?m)^(?:block|fn|model) (\\w+)")
                    .matcher(file.text())
                    .results()
                    .map(m -> m.group(1))
                    .filter(n ->
                            Pattern.compile("\\b" + n + "\\b").matcher(body).find())
                    .forEach(n -> imports.append("import ")
                            .append(name)
                            .append('.')
                            .append(n)
                            .append('\n'));
        }
        return imports.toString();
    }

    static List<SourceFile> files() throws IOException {
        var files = new ArrayList<SourceFile>();
        try (Stream<Path> paths = Files.list(ZOO)) {
            for (Path path : paths.sorted().toList()) {
                files.add(new SourceFile(path.getFileName().toString(), Files.readString(path)));
            }
        }
        return files;
    }
}
