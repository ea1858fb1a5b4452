package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.typed.Duration;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Schedule;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.compiler.typed.TypedTune;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What train and tune sections become in the typed tree. */
class TrainTreeTest {

    private static final String BEFORE = """
        model Linear(slope: float = 0.1) {
          input x: f32[N, 1]
          output y: f32[N, 1] = x -> Dense(4) as hidden -> leaky_relu(slope) -> Dense(1) as head
        }

        data Line {
          source train = csv("line.csv")
          split train into train 80%, validation 20%
          field x: f32[1] = column("x")
          field y: f32[1] = column("y")
        }

        """;

    private static TypedProgram program(String text) {
        Checked checked = Checks.check(BEFORE + text);
        assertEquals("", Checks.render(checked.diagnostics()));
        return checked.program();
    }

    private static OptimizerSpec optimizer(String using) {
        return program("train Fit { model net = Linear() data Line minimize mse(net(x), y) using " + using
                        + " epochs 100 batch 16 }")
                .trains()
                .getFirst()
                .minimize()
                .getFirst()
                .optimizer();
    }

    @Test
    void defaultsOfOptimizersAreThoseOfTheLibrary() {
        OptimizerSpec adamw = optimizer("adamw(3e-4, clip_norm: 1.0, no_decay: [\"**.bias\"])");
        assertEquals(OptimizerSpec.Kind.ADAMW, adamw.kind());
        assertEquals(
                Map.of("lr", 3e-4, "beta1", 0.9, "beta2", 0.999, "eps", 1e-8, "weight_decay", 0.01, "clip_norm", 1.0)
                        .keySet(),
                adamw.arguments().keySet());
        assertEquals(new ScalarExpr.Number(0.01), adamw.arguments().get("weight_decay"));
        assertEquals(List.of("net.hidden.bias", "net.head.bias"), adamw.noDecay());
        assertEquals(
                new ScalarExpr.Number(1),
                optimizer("sgd(0.1, momentum: 0.9, nesterov: true)").arguments().get("nesterov"));
    }

    @Test
    void aScheduleKeepsItsNumbersAndTimes() {
        ScalarExpr lr = optimizer("adam(lr: 2 * cosine(1e-3, warmup: 10%, period: 20 epochs))")
                .arguments()
                .get("lr");
        Schedule cosine = assertInstanceOf(
                        ScalarExpr.Scheduled.class,
                        assertInstanceOf(ScalarExpr.Binary.class, lr).right())
                .schedule();
        assertEquals(Schedule.Kind.COSINE, cosine.kind());
        assertEquals(new ScalarExpr.Number(0), cosine.numbers().get("end"));
        assertEquals(
                Map.of(
                        "warmup",
                        new Duration(10, Duration.Unit.PERCENT),
                        "period",
                        new Duration(20, Duration.Unit.EPOCHS)),
                cosine.times());
        Schedule steps = assertInstanceOf(
                        ScalarExpr.Scheduled.class,
                        optimizer("sgd(lr: piecewise([0.1, 0.01], at: [50 epochs]))")
                                .arguments()
                                .get("lr"))
                .schedule();
        assertEquals(2, steps.values().size());
        assertEquals(List.of(new Duration(50, Duration.Unit.EPOCHS)), steps.boundaries());
    }

    @Test
    void aSettingThatAModelReadsIsFixedEverywhere() {
        TypedTrain fit = program("""
            train Fit(slope: float = 0.25, lr: float = 0.1, rounds: int = 7) {
              model net = Linear(slope: slope)
              data Line
              minimize slope * mse(net(x), y) using sgd(lr: lr, momentum: slope)
              epochs rounds
              batch 16
            }
            """).trains().getFirst();
        assertEquals(
                List.of("lr"),
                fit.settings().stream().map(TypedTrain.Setting::name).toList());
        assertEquals(
                Set.of("slope", "rounds"),
                Set.copyOf(fit.constants().stream().map(TypedTrain.Fixed::name).toList()));
        Map<String, ScalarExpr> arguments =
                fit.minimize().getFirst().optimizer().arguments();
        assertEquals(new ScalarExpr.Number(0.25), arguments.get("momentum"));
        assertEquals(new ScalarExpr.Setting("lr"), arguments.get("lr"));
        assertEquals(7, fit.run().epochs().orElseThrow());
    }

    @Test
    void aRunHoldsAllItsSettings() {
        TypedTrain fit = program("""
            train Fit {
              model teacher = Linear() from "t.safetensors" mapping { "a.{i}.w" -> "{i}.weight" } frozen
              model net = Linear()
              data Line
              let wanted = teacher(x)
              minimize mse(net(x), wanted) over net using sgd(lr: 0.1)
              minimize mse(net(x), y) over net using adam(lr: 0.1)
              freeze net.hidden, "net.head.bias"
              steps 5000
              batch 16
              precision bf16
              accumulate 2
              clip_norm 1.0
              ema 0.99
              validate every 100 steps
              checkpoint every 500 steps keep 3
              keep best 2 by validation.loss
              stop early on validation.loss patience 300 steps
            }
            """).trains().getFirst();
        TypedTrain.Run run = fit.run();
        assertEquals(TypedTrain.Precision.BF16, run.precision());
        assertEquals(2, run.accumulate());
        assertEquals(new Duration(100, Duration.Unit.STEPS), run.validate().orElseThrow());
        assertEquals(3, run.checkpoint().orElseThrow().keep().orElseThrow());
        assertEquals(2, run.keep().orElseThrow().count());
        assertEquals("300 steps", run.stop().orElseThrow().patience().text());
        assertTrue(fit.models().getFirst().frozen());
        assertEquals(
                "t.safetensors", fit.models().getFirst().from().orElseThrow().file());
        assertEquals(
                Set.of("hidden.weight", "hidden.bias", "head.bias"),
                fit.models().get(1).frozenWeights());
        assertEquals(List.of("net"), fit.minimize().get(1).over());
    }

    @Test
    void aSearchHoldsItsSpaces() {
        TypedTune tune = program("""
            train Fit(lr: float = 0.1, size: int = 16) {
              model net = Linear()
              data Line
              minimize mse(net(x), y) using sgd(lr: lr)
              epochs 10
              batch size
            }

            tune Search {
              train Fit
              search lr in log_uniform(1e-4, 1e-1)
              search size in 8..33
              minimize validation.loss
              strategy halving(factor: 2)
              trials 12
              seed 5
            }
            """).tunes().getFirst();
        assertEquals(
                List.of(new TypedTune.Space.Floats(1e-4, 1e-1, true), new TypedTune.Space.Ints(8, 32, 1)),
                tune.search().stream().map(TypedTune.Search::space).toList());
        assertEquals(new TypedTune.Strategy.Halving(2, 1), tune.strategy());
        assertEquals(12, tune.trials().orElseThrow());
        assertEquals(5, tune.seed());
    }

    @Test
    void tenThousandStatementsAreCheckedInLinearTime() {
        var text = new StringBuilder("train Fit { model net = Linear() data Line let s = net(x) ");
        for (int i = 0; i < 3_000; i++) {
            text.append("let v")
                    .append(i)
                    .append(" = mse(s, y) minimize v")
                    .append(i)
                    .append(" using sgd(lr: 0.1) ");
        }
        TypedTrain fit =
                program(text + "freeze net.hidden epochs 1 batch 16 }").trains().getFirst();
        assertEquals(3_000, fit.minimize().size());
    }

    @Test
    void patternsStandForPartsOfNames() {
        var part = new NamePattern("layer.*.bias");
        assertTrue(part.matches("layer.3.bias"));
        assertTrue(!part.matches("layer.3.dense.bias"));
        assertTrue(new NamePattern("**.bias").matches("layer.3.dense.bias"));
        assertTrue(new NamePattern("layer.{i}.{kind}").matches("layer.3.bias"));
        assertTrue(new NamePattern("net.layer.1").covers("net.layer.1.bias"));
        assertTrue(!new NamePattern("net.layer.1").covers("net.layer.10.bias"));
        assertTrue(!new NamePattern("**".repeat(200) + "x").matches("y".repeat(2_000)));
    }
}
