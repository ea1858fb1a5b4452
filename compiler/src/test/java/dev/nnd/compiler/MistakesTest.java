package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ten mistakes in each of the nine programs, in {@code spec/mistakes}: what is found, and whether the fixes lead back to
 * a program without findings. {@code -Dnnd.update=true} writes both anew; {@code -Dnnd.table=FILE} writes a table.
 */
class MistakesTest {

    private static final Path MISTAKES = Path.of("../spec/mistakes");
    private static final Path PROGRAMS = Path.of("../examples/programs");
    private static final boolean UPDATE = Boolean.getBoolean("nnd.update");
    private static final Compiler COMPILER = new Compiler();

    private record Outcome(String codes, String fix, boolean origins) {}

    static List<String> mistakes() throws IOException {
        try (Stream<Path> files = Files.walk(MISTAKES)) {
            return files.filter(f -> f.toString().endsWith(".txt"))
                    .map(f -> MISTAKES.relativize(f).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    private static CompilerRun run(String program, String text) throws IOException {
        var others = new ArrayList<SourceFile>();
        try (Stream<Path> files = Files.list(PROGRAMS)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".nnd") && !name.equals(program + ".nnd")) {
                    others.add(new SourceFile(name, Files.readString(file)));
                }
            }
        }
        return new CompilerRun(List.of(new SourceFile(program + ".nnd", text)), others);
    }

    private static String program(String mistake) {
        return mistake.substring(0, mistake.indexOf('/'));
    }

    private static String text(String program) throws IOException {
        return Files.readString(PROGRAMS.resolve(program + ".nnd"));
    }

    private static boolean isClean(String program) throws IOException {
        return COMPILER.check(run(program, text(program))).isEmpty();
    }

    private static Optional<String> entry(List<String> lines, String key) {
        return lines.stream()
                .filter(l -> l.startsWith(key + ": "))
                .map(l -> l.substring(key.length() + 2).replace("\\n", "\n"))
                .findFirst();
    }

    private static Outcome outcome(String mistake) throws IOException {
        List<String> lines = Files.readAllLines(MISTAKES.resolve(mistake));
        String program = program(mistake);
        String text = text(program);
        String find = entry(lines, "find").orElseThrow();
        int at = text.indexOf(find);
        assertTrue(at >= 0, () -> mistake + " finds nothing");
        String wrong = text.substring(0, at) + entry(lines, "replace").orElse("") + text.substring(at + find.length());
        CompilerRun run = run(program, wrong);
        List<Diagnostic> found = COMPILER.check(run);
        String codes = found.stream().map(d -> d.code() + "@" + d.span().line()).collect(Collectors.joining(" "));
        Fixer.Result fixed = new Fixer(COMPILER).fix(run);
        String fix = found.stream().noneMatch(d -> d.fix().isPresent())
                ? "none"
                : fixed.remaining().isEmpty() ? "checks" : "remains";
        boolean origins = found.stream().allMatch(d -> !d.labels().isEmpty());
        return new Outcome(codes, fix, origins);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isFound(String mistake) throws IOException {
        assumeTrue(isClean(program(mistake)), "the program itself does not check yet");
        Outcome outcome = outcome(mistake);
        Path file = MISTAKES.resolve(mistake);
        List<String> lines = Files.readAllLines(file);
        if (UPDATE) {
            String kept = lines.stream()
                    .filter(l -> l.startsWith("find: ") || l.startsWith("replace: "))
                    .map(l -> l + "\n")
                    .collect(Collectors.joining());
            Files.writeString(file, kept + "codes: " + outcome.codes() + "\nfix: " + outcome.fix() + "\n");
            lines = Files.readAllLines(file);
        }
        assertEquals(entry(lines, "codes").orElse(""), outcome.codes());
        assertEquals(entry(lines, "fix").orElse(""), outcome.fix());
    }

    @Test
    void allAreFoundAndMostAreFixed() throws IOException {
        var table = new StringBuilder("| mistake | found | both origins | fix |\n|---|---|---|---|\n");
        int all = 0;
        int found = 0;
        int fixed = 0;
        for (String mistake : mistakes()) {
            if (!isClean(program(mistake))) {
                continue;
            }
            Outcome outcome = outcome(mistake);
            all++;
            found += outcome.codes().isEmpty() ? 0 : 1;
            fixed += outcome.fix().equals("checks") ? 1 : 0;
            table.append("| ")
                    .append(mistake.replace(".txt", ""))
                    .append(" | ")
                    .append(outcome.codes())
                    .append(" | ")
                    .append(outcome.origins() ? "yes" : "no")
                    .append(" | ")
                    .append(outcome.fix())
                    .append(" |\n");
        }
        table.append("\n").append(found + " of " + all + " found, " + fixed + " of " + all + " fixed by the machine\n");
        String to = System.getProperty("nnd.table");
        if (to != null) {
            Files.writeString(Path.of(to), table);
        }
        assertTrue(all == 90 && found == 90 && fixed >= 87, table.toString());
    }
}
