package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * How much Java a text becomes.
 *
 * @param files of Java
 * @param bytes of source
 * @param largestMethod the longest bytecode, in bytes
 * @param where it is
 * @param nnd seconds in this process
 * @param javac the same
 */
record GeneratedSize(
        String name, int files, long bytes, int classes, int largestMethod, String where, double nnd, double javac) {

    /** Compiles a text, and what comes out of it in a folder. */
    static GeneratedSize of(String name, String text, List<SourceFile> others, Path folder) throws IOException {
        var compiler = new Compiler();
        long start = System.nanoTime();
        CompileResult result = compiler.compile(new CompilerRun(List.of(new SourceFile("sizes.nnd", text)), others));
        double nnd = (System.nanoTime() - start) / 1e9;
        assertTrue(result.ok(), () -> name + ": " + result.diagnostics());
        Path classes = folder.resolve("classes");
        List<String> arguments = arguments(classes);
        long bytes = 0;
        for (GeneratedFile file : result.files()) {
            Path path = folder.resolve(file.path());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.content());
            bytes += file.content().getBytes(StandardCharsets.UTF_8).length;
            arguments.add(path.toString());
        }
        start = System.nanoTime();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, System.out, System.err, arguments.toArray(String[]::new));
        double javac = (System.nanoTime() - start) / 1e9;
        assertEquals(0, failed, name);
        int count = 0;
        int largest = 0;
        String where = "";
        for (Path path : classes(classes)) {
            count++;
            for (var method : ClassFile.of().parse(path).methods()) {
                int length =
                        method.code().map(c -> ((CodeAttribute) c).codeLength()).orElse(0);
                if (length > largest) {
                    largest = length;
                    where = path.getFileName() + "." + method.methodName();
                }
            }
        }
        return new GeneratedSize(name, result.files().size(), bytes, count, largest, where, nnd, javac);
    }

    private static List<String> arguments(Path classes) {
        return new ArrayList<>(List.of(
                "-nowarn",
                "-proc:none",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
    }

    private static List<Path> classes(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(p -> p.toString().endsWith(".class")).toList();
        }
    }
}
