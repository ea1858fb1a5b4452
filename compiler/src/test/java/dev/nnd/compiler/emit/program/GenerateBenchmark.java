package dev.nnd.compiler.emit.program;

import dev.nnd.runtime.generate.Generation;
import dev.nnd.runtime.generate.TokenListener;
import dev.nnd.runtime.kernel.Provider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tokens per second of GPT-2 small with random weights, one row, at contexts of 128 to 256, with cached keys and values and
 * by the whole model. {@code mvn -pl compiler test -Dtest=GenerateBenchmark -Dgroups=benchmark -DexcludedGroups=}.
 */
@Tag("benchmark")
class GenerateBenchmark {

    private static final int FROM = 128;
    private static final int TO = 256;
    private static final int WHOLE_RUNS = 8;

    @Test
    void cachedAgainstWhole() throws Exception {
        var project = new GeneratedProject("gpt2.nnd", Files.readString(Path.of("../examples/zoo/gpt2.nnd")));
        Class<?> type = project.load("zoo.gpt2.Gpt2");
        int threads = Integer.getInteger("nnd.threads", 1);
        try (var model = (AutoCloseable)
                type.getMethod("initialize", long.class, Provider.class).invoke(null, 1L, Provider.best(threads))) {
            var prompt = new int[1][FROM];
            Arrays.setAll(prompt[0], i -> 37 * i % 50_257);
            var generate = type.getMethod("generate", int[][].class, Generation.class, TokenListener.class);
            Generation how = Generation.greedy().withMaxTokens(TO - FROM + 1);
            var times = new long[TO - FROM + 1];
            for (int run = 0; run < 2; run++) {
                var count = new int[1];
                generate.invoke(model, prompt, how, (TokenListener) (_, _) -> times[count[0]++] = System.nanoTime());
            }
            double cached = (times.length - 1) * 1e9 / (times[times.length - 1] - times[0]);
            var predict = type.getMethod("predict", int[].class);
            int[] middle = Arrays.copyOf(prompt[0], (FROM + TO) / 2);
            predict.invoke(model, middle);
            long start = System.nanoTime();
            for (int i = 0; i < WHOLE_RUNS; i++) {
                predict.invoke(model, middle);
            }
            double whole = WHOLE_RUNS * 1e9 / (System.nanoTime() - start);
            System.out.printf(
                    "GPT-2 small, context %d to %d, %d thread(s): %.1f tokens/s cached (%.1f ms a token), %.2f by the whole model: %.1f times%n",
                    FROM, TO, threads, cached, 1000 / cached, whole, cached / whole);
        }
    }
}
