package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of {@code spec/conformance}: valid ones give no diagnostic; invalid ones give exactly the codes and places
 * of {@code expected.txt}, in order. {@code messages.txt} beside it holds what a person is told. Run with
 * {@code -Dnnd.update=true} to write both anew, and read the difference.
 */
class ConformanceTest {

    private static final Path ROOT = Path.of("../spec/conformance");
    private static final Compiler COMPILER = new Compiler();
    private static final boolean UPDATE = Boolean.getBoolean("nnd.update");

    static Stream<String> valid() throws IOException {
        return cases("valid");
    }

    static Stream<String> invalid() throws IOException {
        return cases("invalid");
    }

    private static Stream<String> cases(String kind) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(kind))) {
            return files
                    .filter(f -> f.endsWith("case.nnd"))
                    .map(f -> ROOT.relativize(f.getParent()).toString().replace('\\', '/'))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void validProgramsGiveNoDiagnostic(String name) throws IOException {
        assertEquals("", Checks.render(check(name)));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void invalidProgramsGiveTheirDiagnostics(String name) throws IOException {
        List<Diagnostic> checked = check(name);
        String found = checked.stream()
                .map(d -> d.code() + " " + d.span().line() + ":" + d.span().column() + "\n")
                .collect(Collectors.joining());
        String messages = Checks.render(checked);
        Path expected = ROOT.resolve(name).resolve("expected.txt");
        Path told = ROOT.resolve(name).resolve("messages.txt");
        if (UPDATE) {
            Files.writeString(expected, found);
            Files.writeString(told, messages);
        }
        assertEquals(Files.readString(expected), found, () -> messages);
        assertEquals(Files.readString(told), messages);
    }

    @Test
    void thereAreManyCases() throws IOException {
        List<String> all = Stream.concat(valid(), invalid()).toList();
        assertTrue(all.size() >= 60, () -> all.size() + " cases");
    }

    /** What a person is told, with the fixes that the compiler has tried. */
    private static List<Diagnostic> check(String name) throws IOException {
        var source = new SourceFile(
                name + "/case.nnd", Files.readString(ROOT.resolve(name).resolve("case.nnd")));
        return COMPILER.check(new CompilerRun(List.of(source), others(name)));
    }

    /** The files beside a case, which it can import. */
    private static List<SourceFile> others(String name) throws IOException {
        var others = new ArrayList<SourceFile>();
        try (Stream<Path> files = Files.list(ROOT.resolve(name))) {
            for (Path file : files.sorted().toList()) {
                String own = file.getFileName().toString();
                if (own.endsWith(".nnd") && !own.equals("case.nnd")) {
                    others.add(new SourceFile(name + "/" + own, Files.readString(file)));
                }
            }
        }
        return others;
    }
}
