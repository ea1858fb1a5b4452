package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.TrainingOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverridesTest {

    private static TypedTrain train() {
        CompileResult result = new Compiler().plan(CompilerRun.of(new SourceFile("a.nnd", """
                        model Linear {
                          input  x: f32[N, 1]
                          output y: f32[N, 1] = x -> Dense(1)
                        }

                        data Squares {
                          source train = csv("squares.csv")
                          field x: f32[1] = column("x") -> standardize
                          field y: f32[1] = column("y") -> standardize
                        }

                        train Fit(lr: float = 1e-2) {
                          model net = Linear()
                          data  Squares
                          minimize mse(net(x), y) using sgd(lr: lr)
                          epochs 10
                          batch  4
                        }
                        """)));
        assertTrue(result.ok(), () -> result.diagnostics().toString());
        return result.programs().getFirst().program().trains().getFirst();
    }

    @Test
    void setsParametersAndTheRun() {
        Overrides overrides =
                Overrides.of(train(), Map.of("lr", "3e-4", "epochs", "1_000", "batch", "8", "seed", "-7"));
        assertEquals(Map.of("lr", 3e-4), overrides.values());
        TrainingOptions options = overrides.apply(TrainingOptions.of(Path.of("data")));
        assertEquals(1000, options.epochs().orElseThrow());
        assertEquals(8, options.batch().orElseThrow());
        assertEquals(-7, options.seed().orElseThrow());
        assertTrue(options.steps().isEmpty());
        assertEquals(
                50,
                Overrides.of(train(), Map.of("steps", "50"))
                        .apply(TrainingOptions.of(Path.of("data")))
                        .steps()
                        .orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rl | 1 | Fit has no setting `rl`; there are lr, epochs, steps, batch, seed. | did you mean `lr`?",
                "epoch | 1 | Fit has no setting `epoch`; there are lr, epochs, steps, batch, seed. | did you mean `epochs`?",
                "banana | 1 | Fit has no setting `banana`; there are lr, epochs, steps, batch, seed. | ''",
                "lr | much | `lr` needs a number, not `much`. | ''",
                "lr | Infinity | `lr` needs a finite number, not `Infinity`. | ''",
                "batch | 0 | `batch` needs a whole number above 0, not `0`. | ''",
                "epochs | 1.5 | `epochs` needs a whole number above 0, not `1.5`. | ''",
                "seed | x | `seed` needs a whole number, not `x`. | ''"
            })
    void refusesWhatItDoesNotKnow(String name, String value, String message, String help) {
        var problem = assertThrows(NndException.class, () -> Overrides.of(train(), Map.of(name, value)));
        assertEquals(message, problem.getMessage());
        assertEquals(help, problem.help().orElse(""));
    }

    @Test
    void aRunHasOneLength() {
        assertThrows(NndException.class, () -> Overrides.of(train(), Map.of("steps", "1", "epochs", "1")));
    }
}
