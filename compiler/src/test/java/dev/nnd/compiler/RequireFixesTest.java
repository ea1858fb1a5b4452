package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where dims are not known to fit, a {@code require} is offered; pasted, it makes the program check. */
class RequireFixesTest {

    private static final String MODEL = "model M {\n  input x: f32[N, T, 8]\n  input z: f32[N, S, 8]\n  ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "output y = x + z",
                "output y: f32[N, S, 8] = x",
                "output y = matmul(x, z)",
                "output y = x -> reshape[N, T / 4, 4, 8]",
                "output y = x -> reshape[N, S, 8]",
                "output y = x -> reshape[N * T / 7, 7, 8]",
                "output y = x -> reshape[N, T / 3, 3, 8] -> relu",
                "require T % 2 == 0\n  output y = x -> reshape[N, T / 6, 6, 8]",
                "require S == 2 * T\n  output y = z -> reshape[N, T / 3, 6, 8]",
                "var h = x\n  if T <= 512 {\n    h = relu(h)\n  }\n  output y = h",
                "var h = x\n  if T % 2 == 0 and S > 3 {\n    h = relu(h)\n  }\n  output y = h",
                "output y = if T == S then x else relu(x)",
                "require 1 <= T <= 512\n  output y = x",
                "require 1 <= T < S <= 512\n  output y = x",
                "require not 1 <= T <= 512\n  output y = x",
                "output y = select(x > z, x, z)",
                "output y = x * mean(z, axis: 2, keep_dims: true)",
            })
    void whatIsOfferedMakesTheProgramCheck(String body) {
        var source = new SourceFile("m.nnd", MODEL + body + "\n}\n");
        List<Diagnostic> found = check(source);
        assertEquals(1, found.size(), () -> "" + found);
        Diagnostic one = found.getFirst();
        assertTrue(one.fix().isPresent(), () -> "no fix: " + one.message() + " " + one.help());
        String fixed = one.fix().orElseThrow().applied();
        List<Diagnostic> after = check(new SourceFile("m.nnd", fixed));
        assertEquals(
                List.of(), after.stream().map(d -> d.code() + " " + d.message()).toList(), fixed);
    }

    private static List<Diagnostic> check(SourceFile source) {
        return new Compiler()
                .check(CompilerRun.of(source)).stream()
                        .filter(d -> d.severity() == Severity.ERROR)
                        .toList();
    }
}
