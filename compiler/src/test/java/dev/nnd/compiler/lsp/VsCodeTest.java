package dev.nnd.compiler.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The extension in {@code compiler/vscode}. */
class VsCodeTest {

    private static final Path HOME = Path.of("vscode");

    /** The keywords of the grammar are those of the lexer. */
    @Test
    void theColoursKnowAllKeywords() throws Exception {
        String lexer = Files.readString(Path.of("../dsl-grammar/src/main/antlr4/dev/nnd/grammar/NndLexer.g4"));
        var keywords = Pattern.compile("(?m)^[A-Z_]+\\s*: '([a-z_]+)' ;")
                .matcher(lexer)
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(keywords.contains("require") && keywords.contains("einsum"));
        String colours = Files.readString(HOME.resolve("syntaxes/nnd.tmLanguage.json"));
        String part = colours.substring(colours.indexOf("\"keywords\": {"), colours.indexOf("\"types\": {"));
        var known = Pattern.compile("\\(([a-z_]+(?:\\|[a-z_]+)*)\\)")
                .matcher(part)
                .results()
                .flatMap(m -> List.of(m.group(1).split("\\|")).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(keywords, known);
    }

    /** {@code npm ci}, its tests and {@code npm run package}, in a copy of the folder. */
    @Test
    @Tag("slow")
    @Timeout(1800)
    void theExtensionIsPackaged(@TempDir Path folder) throws Exception {
        assumeTrue(works("npm", "--version"), "npm is not installed: the extension is not packaged in this run");
        assumeTrue(
                works("npm", "ping", "--fetch-retries=0", "--fetch-timeout=10000"),
                "the npm registry is not reachable: the extension is not packaged in this run");
        Path copy = folder.resolve("vscode");
        copy(HOME, copy);
        Path launcher = launcher(folder);
        run(folder, copy, launcher, "npm", "ci", "--no-audit", "--no-fund");
        run(folder, copy, launcher, "npm", "test");
        run(folder, copy, launcher, "npm", "run", "package");
        assertTrue(Files.size(copy.resolve("nnd.vsix")) > 100_000);
    }

    /** A launcher of the classes under test. */
    private static Path launcher(Path folder) throws IOException {
        Path arguments = folder.resolve("arguments");
        Files.writeString(
                arguments, "-cp\n\"" + System.getProperty("java.class.path").replace("\\", "\\\\") + "\"\n");
        Path launcher = folder.resolve("nnd");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec \"" + java + "\" -Dnnd.cache=\"" + folder.resolve("cache") + "\" \"@" + arguments
                        + "\" dev.nnd.compiler.cli.Nnd \"$@\"\n");
        assertTrue(launcher.toFile().setExecutable(true));
        return launcher;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Path relative = from.relativize(file);
                if (relative.startsWith("node_modules") || file.toString().endsWith(".vsix")) {
                    continue;
                }
                Path target = to.resolve(relative.toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static boolean works(String... words) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    private static void run(Path log, Path folder, Path launcher, String... words) throws Exception {
        Path output = log.resolve("output.txt");
        var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        builder.environment().put("NND_COMMAND", launcher.toString());
        builder.environment()
                .put(
                        "NND_PROGRAMS",
                        Path.of("../examples/programs")
                                .toAbsolutePath()
                                .normalize()
                                .toString());
        Process process = builder.start();
        assertTrue(process.waitFor(1200, TimeUnit.SECONDS), String.join(" ", words));
        assertEquals(0, process.exitValue(), Files.readString(output));
    }
}
