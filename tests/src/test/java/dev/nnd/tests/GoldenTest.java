package dev.nnd.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The generated Java of a program, byte for byte as it was last read and approved by a person. Run with
 * {@code -Dnnd.golden.update=true} to write what is generated now, then read the difference before committing it.
 */
class GoldenTest {

    private static final Path FOLDER = Path.of("src/test/resources/golden");

    @Test
    void mnistCnn() throws IOException {
        check("mnist_cnn");
    }

    private static void check(String name) throws IOException {
        Path folder = FOLDER.resolve(name);
        String text = Files.readString(folder.resolve(name + ".nnd"));
        CompileResult result = new Compiler().compile(CompilerRun.of(new SourceFile(name + ".nnd", text)));
        assertTrue(result.ok(), () -> result.diagnostics().toString());
        Map<String, String> generated = new TreeMap<>();
        for (GeneratedFile file : result.files()) {
            generated.put((file.vector() ? "vector/" : "java/") + file.path(), file.content());
        }
        if (Boolean.getBoolean("nnd.golden.update")) {
            write(folder, generated);
        }
        assertEquals(List.copyOf(generated.keySet()), approved(folder), "the names of the files");
        for (Map.Entry<String, String> file : generated.entrySet()) {
            assertEquals(Files.readString(folder.resolve(file.getKey())), file.getValue(), file.getKey());
        }
    }

    private static void write(Path folder, Map<String, String> files) throws IOException {
        for (String old : approved(folder)) {
            Files.delete(folder.resolve(old));
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
    }

    private static List<String> approved(Path folder) throws IOException {
        var names = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(f -> f.toString().endsWith(".java"))
                    .forEach(f -> names.add(folder.relativize(f).toString().replace('\\', '/')));
        }
        names.sort(null);
        return names;
    }
}
