package dev.nnd.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkLocatorTest {

    @TempDir
    Path folder;

    @Test
    void theToolchainOfTheBuildWins() throws IOException {
        Path toolchain = jdk("toolchain", "26.0.1");
        Path variable = jdk("variable", "25");
        var locator = new JdkLocator(Map.of("JAVA_HOME", variable.toString()), folder.resolve("nobody"), List.of());
        assertEquals(
                Optional.of(program(toolchain)),
                locator.java(Optional.of(program(toolchain)), jdk("running", "25.0.3")));
    }

    @Test
    void anOldToolchainIsPassedOver() throws IOException {
        Path running = jdk("running", "25.0.3");
        var locator = new JdkLocator(Map.of(), folder.resolve("nobody"), List.of());
        assertEquals(Optional.of(program(running)), locator.java(Optional.of(program(jdk("old", "21.0.4"))), running));
    }

    @Test
    void variablesThenFoldersAreSearched() throws IOException {
        Path old = jdk("running", "17.0.15");
        Path variable = jdk("variable", "25");
        jdk("jvm/a", "1.8.0_402");
        Path installed = jdk("jvm/b", "27");
        var withVariable =
                new JdkLocator(Map.of("JAVA25_HOME", variable.toString()), folder, List.of(folder.resolve("jvm")));
        assertEquals(Optional.of(program(variable)), withVariable.java(Optional.empty(), old));
        var without = new JdkLocator(Map.of("PATH", "x"), folder, List.of(folder.resolve("jvm")));
        assertEquals(Optional.of(program(installed)), without.java(Optional.empty(), old));
    }

    @Test
    void nothingIsFoundWhereThereIsNone() throws IOException {
        Path old = jdk("running", "17.0.15");
        Path runtimeOnly = jdk("jvm/jre", "25");
        Files.delete(runtimeOnly.resolve("lib/ct.sym"));
        var locator = new JdkLocator(Map.of(), folder, List.of(folder.resolve("jvm")));
        assertEquals(Optional.empty(), locator.java(Optional.empty(), old));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.writeString(home.resolve("lib/ct.sym"), "");
        Files.writeString(program(home), "");
        return home;
    }

    private static Path program(Path home) {
        return home.resolve("bin").resolve(System.getProperty("os.name").startsWith("Windows") ? "java.exe" : "java");
    }
}
