package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.plan.KernelNames;
import dev.nnd.grammar.SourceFile;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How much Java is generated for deep networks, forward, and forward with the gradients by all weights, and how long nnd and javac take: it
 * grows with the distinct blocks, not with the layers. Prints one line for each.
 */
@Tag("benchmark")
class GeneratedSizeBenchmark {

    private static final String RESNET = "ResNet | image: f32[N, 3, 224, 224] | image -> ResNet50()";
    private static final String BERT = "Bert | tokens: i32[N, T]; segments: i32[N, T]; mask: bool[N, T]"
            + " | layer bert = BertBase(); let y = bert(tokens, segments, mask); y.states; y.pooled";
    private static final String GPT = "Gpt | tokens: i32[N, T] | tokens -> Gpt2()";
    private static final String BLOCKS = """
            block Layer() {
              input x: f32[N, D]
              output x + (x -> LayerNorm() -> Dense(D) -> relu)
            }
            block Plain(depth: int) {
              input x: f32[N, D]
              var h = x
              for _ in 0..depth {
                h = h -> Dense(D) -> relu
              }
              output h
            }
            """;

    /** Blocks with a residual, or plain layers in a loop. */
    private static String mlp(int depth, boolean block) {
        String layers = block ? "Layer() * " + depth : "Plain(" + depth + ")";
        return "Mlp | x: f32[N, 64] | x -> " + layers + " -> Dense(10)";
    }

    @Test
    void sizes(@TempDir Path folder) throws IOException {
        System.out.println("network                 files      bytes  classes  largest method   nnd s  javac s");
        long few = measure("warm-up, 2 layers", mlp(2, true), folder);
        measure("ResNet-50", RESNET, folder);
        measure("BERT base", BERT, folder);
        measure("GPT-2", GPT, folder);
        measure("MLP, 10 blocks", mlp(10, true), folder);
        measure("MLP, 100 blocks", mlp(100, true), folder);
        measure("MLP, 1000 blocks", mlp(1000, true), folder);
        measure("MLP, loop of 1000", mlp(1000, false), folder);
        assertTrue(few > 0);
    }

    private static long measure(String name, String line, Path folder) throws IOException {
        List<SourceFile> zoo = ZooTest.files();
        OpRow row = OpRow.of(line);
        var text = new SourceFile("sizes.nnd", "package rows\n" + ZooTest.imports(row, zoo) + BLOCKS + row.model());
        var compiler = new Compiler();
        long start = System.nanoTime();
        CompileResult result = compiler.compile(new CompilerRun(List.of(text), zoo));
        assertTrue(result.ok(), () -> name + ": " + result.diagnostics());
        var files = new ArrayList<>(result.files());
        var model = result.programs().getFirst().models().getLast();
        var kernels = new KernelFile("rows", "gradients.nnd");
        files.addAll(RowCase.of(row, model).program(new KernelNames(), kernels, new HashMap<>()));
        files.addAll(kernels.files());
        double nnd = (System.nanoTime() - start) / 1e9;
        Path sources = Files.createDirectories(folder.resolve(name.replace(' ', '_')));
        long bytes = 0;
        var arguments = new ArrayList<String>(List.of(
                "-nowarn",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                sources.resolve("classes").toString()));
        for (GeneratedFile file : files) {
            Path path = sources.resolve(file.path());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.content());
            bytes += file.content().getBytes(StandardCharsets.UTF_8).length;
            if (file.path().endsWith(".java")) {
                arguments.add(path.toString());
            }
        }
        start = System.nanoTime();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, System.out, System.err, arguments.toArray(String[]::new));
        double javac = (System.nanoTime() - start) / 1e9;
        List<Path> classes;
        try (Stream<Path> found = Files.walk(sources.resolve("classes"))) {
            classes = found.filter(p -> p.toString().endsWith(".class")).toList();
        }
        int largest = 0;
        String where = "";
        for (Path path : classes) {
            for (var method : ClassFile.of().parse(path).methods()) {
                int length =
                        method.code().map(c -> ((CodeAttribute) c).codeLength()).orElse(0);
                if (length > largest) {
                    largest = length;
                    where = path.getFileName() + "." + method.methodName();
                }
            }
        }
        System.out.println(String.format(
                Locale.ROOT,
                "%-22s %6d %10d %8d %8d bytes %7.1f %8.1f %s %s",
                name,
                files.size(),
                bytes,
                classes.size(),
                largest,
                nnd,
                javac,
                where,
                failed == 0 ? "" : "JAVAC FAILED"));
        return bytes;
    }
}
