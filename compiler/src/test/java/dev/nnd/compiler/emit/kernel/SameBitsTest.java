package dev.nnd.compiler.emit.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated kernels of functions give the same bits interpreted, compiled by either compiler, and without vectors. */
class SameBitsTest {

    private static final String MAIN = """
            package kernels;
            import java.lang.foreign.Arena;
            import java.lang.foreign.MemorySegment;
            import java.lang.foreign.ValueLayout;
            import java.util.Random;
            import java.util.zip.CRC32;
            public final class Main {
                interface Kernel { void run(MemorySegment x, MemorySegment y, long count); }
                static final float[] EDGES = {0f, -0f, 1f, -1f, Float.MIN_VALUE, -1e-40f, 1e38f, -1e38f, Float.NaN,
                    Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 88.7f, 89f, 1e-9f, -87.4f, -103f, -104f, 33000f, -1e9f};
                static void bits(String name, int calls, Kernel kernel) {
                    int count = 2003;
                    var random = new Random(11);
                    try (var arena = Arena.ofConfined()) {
                        var x = arena.allocate(4 * count, 64);
                        var y = arena.allocate(4 * count, 64);
                        for (int i = 0; i < count; i++) {
                            float value = i %% 3 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) (random.nextGaussian() * 5);
                            x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i < EDGES.length ? EDGES[i] : value);
                        }
                        for (int call = 0; call < calls; call++) {
                            kernel.run(x, y, count);
                        }
                        var sum = new CRC32();
                        for (int i = 0; i < count; i++) {
                            int bits = Float.floatToIntBits(y.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                            for (int k = 0; k < 32; k += 8) {
                                sum.update(bits >>> k);
                            }
                        }
                        System.out.println(name + " " + sum.getValue());
                    }
                }
                public static void main(String[] args) {
                    int calls = Integer.parseInt(args[0]);
            %s    }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void everywhere() throws IOException, InterruptedException {
        write();
        List<String> compiled = run("2000", "-Xbatch");
        assertTrue(compiled.size() >= 12, compiled::toString);
        assertEquals(List.of(), different(compiled, run("1", "-Xint")));
        assertEquals(List.of(), different(compiled, run("300", "-Xbatch", "-XX:TieredStopAtLevel=1")));
        assertEquals(List.of(), different(compiled, run("1", "-Xint", "-Dvectors=none")));
    }

    private static List<String> different(List<String> some, List<String> others) {
        assertEquals(some.size(), others.size());
        return IntStream.range(0, some.size())
                .filter(i -> !some.get(i).equals(others.get(i)))
                .mapToObj(i -> some.get(i) + " and " + others.get(i))
                .toList();
    }

    /** Writes the classes of kernels, one for each function. */
    private void write() throws IOException {
        var file = new KernelFile("kernels", "some/folder/kernels.nnd");
        var calls = new StringBuilder();
        for (Op.UnaryFunction f : Op.UnaryFunction.values()) {
            if (f == Op.UnaryFunction.NOT) {
                continue;
            }
            String name = f.name().toLowerCase(Locale.ROOT) + "Of";
            KernelMethod method =
                    file.add(KernelCase.of(name, Step.Kind.MAP, g -> g.out("y", g.unary(f, g.in("x", "COUNT"))))
                            .step());
            calls.append("        bits(\"%1$s\", calls, (x, y, n) -> %2$s.INSTANCE.%3$s(x, y, 0, n));\n"
                    .formatted(name, method.className(), method.name()));
        }
        var files = new ArrayList<>(file.files());
        files.add(new GeneratedFile("kernels/Main.java", MAIN.formatted(calls), false));
        var arguments = new ArrayList<>(List.of(
                "-nowarn", "--add-modules", "jdk.incubator.vector", "-d", folder.toString(), "-cp", classPath()));
        for (GeneratedFile each : files) {
            Path source = folder.resolve("source").resolve(each.path());
            Files.createDirectories(source.getParent());
            Files.writeString(source, each.content());
            arguments.add(source.toString());
        }
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)));
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** What the kernels gave in a JVM of its own. */
    private List<String> run(String calls, String... flags) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        if (!command.remove("-Dvectors=none")) {
            command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        }
        command.addAll(List.of("-cp", folder + java.io.File.pathSeparator + classPath(), "kernels.Main", calls));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
        List<String> lines = new String(
                        process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertTrue(process.waitFor(30, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), () -> lines.toString());
        return lines;
    }
}
