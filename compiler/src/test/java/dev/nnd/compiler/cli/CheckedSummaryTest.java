package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.grammar.SourceFile;
import org.junit.jupiter.api.Test;

/** The summary of a program that need not compile. */
class CheckedSummaryTest {

    private static final String NET = """
            block Two(out: int) {
              input  x: f32[..., in]
              output y = x -> Dense(out) -> Dense(out)
            }

            model Net {
              input  x: f32[N, T, 8]
              require T <= 512, "T is {T}"
              layer twice = Dense(8)
              output y = x -> twice -> relu -> twice -> Two(4)
            }
            """;

    private static TypedModel net() {
        return new Compiler()
                .checked(CompilerRun.of(new SourceFile("net.nnd", NET)))
                .getFirst()
                .models()
                .getFirst();
    }

    @Test
    void layersAreListedWithWhatTheyNeed() {
        assertEquals("""
                Net  x: f32[N, T, 8] -> y: f32[N, T, 4]
                  stage              weights  output        parameters        FLOPs
                  -----------------------------------------------------------------
                  twice              twice    f32[N, T, 8]          72  136 * N * T
                  twice              twice    f32[N, T, 8]              136 * N * T
                  Two(4)             two      f32[N, T, 4]          56  104 * N * T
                  outside of layers                                       8 * N * T
                  -----------------------------------------------------------------
                  total                                            128  384 * N * T
                activations: 224 * N * T bytes in a forward pass
                requires: T <= 512
                """, CheckedSummary.of(net()).table());
    }

    @Test
    void toolsReadTheSame() {
        String json = CheckedSummary.of(net()).json();
        assertTrue(json.contains("\"parameters\":128,\"flops\":\"384 * N * T\""), json);
        assertTrue(json.contains("\"compiles\":false"), json);
    }

    @Test
    void aProgramWithErrorsHasNone() {
        var wrong = new SourceFile("net.nnd", NET.replace("Two(4)", "Twoo(4)"));
        assertTrue(new Compiler().checked(CompilerRun.of(wrong)).isEmpty());
    }
}
