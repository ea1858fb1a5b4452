package dev.nnd.compiler.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.emit.GeneratedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InMemoryJavaTest {

    private static final GeneratedFile SCALAR =
            new GeneratedFile("a/Sums.java", "package a;\npublic class Sums { int lanes() { return 1; } }\n", false);
    private static final GeneratedFile VECTOR = new GeneratedFile("a/VectorSums.java", """
            package a;
            import jdk.incubator.vector.FloatVector;
            final class VectorSums extends Sums {
                @Override int lanes() { return FloatVector.SPECIES_PREFERRED.length(); }
                static final class Inner {}
            }
            """, true);

    @Test
    void loadsClassesFromMemory() throws ClassNotFoundException {
        var java = InMemoryJava.compile(List.of(SCALAR), "", "-Xlint:all", "-Werror");
        assertEquals(List.of("a.Sums"), java.classNames());
        assertEquals(
                "a.Sums",
                java.loader(getClass().getClassLoader()).loadClass("a.Sums").getName());
    }

    @Test
    void writesTheClassesOfVectorKernelsOnly(@TempDir Path folder) throws IOException {
        assertEquals(2, InMemoryJava.writeVectorClasses(List.of(SCALAR, VECTOR), "", folder));
        assertTrue(Files.exists(folder.resolve("a/VectorSums$Inner.class")));
        assertEquals(0, InMemoryJava.writeVectorClasses(List.of(SCALAR), "", folder));
    }

    @Test
    void reportsWhatJavacSays() {
        var broken = new GeneratedFile("B.java", "class B { int x = \"\"; }", false);
        var failure = assertThrows(IllegalStateException.class, () -> InMemoryJava.compile(List.of(broken), ""));
        assertTrue(failure.toString().contains("B.java:1"), failure.toString());
    }
}
