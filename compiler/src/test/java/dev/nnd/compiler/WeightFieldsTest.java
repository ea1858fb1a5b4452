package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightFieldsTest {

    @Test
    void refusesTwoWeightsThatWouldBeOneField() {
        List<Diagnostic> found = found("inner_dense", "inner");
        assertEquals(1, found.size());
        assertEquals(
                "the weights `inner_dense.weight` and `inner.dense.weight` would both be `innerDenseWeight` in Java",
                found.getFirst().message());
        assertEquals(9, found.getFirst().span().line());
    }

    @Test
    void takesOthers() {
        assertEquals(List.of(), found("first", "second"));
    }

    private static List<Diagnostic> found(String dense, String inner) {
        String text = """
                model Net {
                  input x: f32[N, 4]
                  layer %1$s = Dense(4)
                  layer %2$s = Inner()
                  output y: f32[N, 4] = x -> %1$s -> %2$s
                }
                block Inner {
                  input x: f32[N, 4]
                  output x -> Dense(4)
                }
                """.formatted(dense, inner);
        return new Compiler()
                .compile(CompilerRun.of(new SourceFile("net.nnd", text)))
                .diagnostics();
    }
}
