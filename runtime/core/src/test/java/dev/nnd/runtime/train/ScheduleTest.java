package dev.nnd.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Points of Keras' learning_rate_schedule_test.py at step s are those of our step s + 1, and the formulas written out. */
class ScheduleTest {

    private static RunLength run(long steps) {
        return new RunLength(steps, 10);
    }

    @Test
    void exponential() {
        assertEquals(
                0.048989794855663564,
                Schedule.exponential(0.05, 0.96, Duration.steps(10)).at(6, run(100)),
                1e-9);
        var stairs = Schedule.step(0.1, Duration.steps(3), 0.96);
        assertEquals(0.1, stairs.at(2, run(200)), 1e-9);
        assertEquals(0.1, stairs.at(3, run(200)), 1e-9);
        assertEquals(0.02599864358413614, stairs.at(101, run(200)), 1e-9);
        // An epoch has 10 steps here.
        assertEquals(0.05, Schedule.step(0.1, Duration.epochs(2), 0.5).at(21, run(200)), 1e-12);
        assertEquals(0.1, Schedule.step(0.1, Duration.epochs(2), 0.5).at(20, run(200)), 1e-12);
    }

    @Test
    void inverseTime() {
        double[] points = {
            0.1,
            0.09124087591240876,
            0.08389261744966443,
            0.07763975155279504,
            0.07225433526011561,
            0.06756756756756757,
            0.06345177664974619,
            0.059808612440191394,
            0.05656108597285068,
            0.053648068669527905,
            0.05102040816326531
        };
        for (int step = 0; step < points.length; step++) {
            assertEquals(
                    points[step],
                    Schedule.inverseTime(0.1, 0.96, Duration.steps(10)).at(step + 1, run(100)),
                    1e-9);
        }
    }

    /** Keras counts its first step as 0 and keeps a value up to the boundary; here "until 100 steps" is the first 100 steps. */
    @Test
    void piecewise() {
        var schedule = Schedule.piecewise(
                List.of(1.0, 0.1, 0.01, 0.001), List.of(Duration.steps(100), Duration.steps(110), Duration.steps(120)));
        assertEquals(1.0, schedule.at(1, run(1000)));
        assertEquals(1.0, schedule.at(100, run(1000)));
        assertEquals(0.1, schedule.at(105, run(1000)));
        assertEquals(0.1, schedule.at(110, run(1000)));
        assertEquals(0.01, schedule.at(120, run(1000)));
        assertEquals(0.001, schedule.at(999, run(1000)));
    }

    @Test
    void polynomial() {
        assertEquals(0.025, Schedule.polynomial(0.05, 0, 1).at(6, run(10)), 1e-9);
        var schedule = Schedule.polynomial(0.05, 0.001, 1);
        assertEquals(0.0255, schedule.at(6, run(10)), 1e-9);
        assertEquals(0.001, schedule.at(11, run(10)), 1e-9);
        assertEquals(0.001, schedule.at(16, run(10)), 1e-9);
        assertEquals(0.0255, Schedule.linear(0.05, 0.001).at(6, run(10)), 1e-9);
    }

    @Test
    void cosine() {
        double[][] points = {
            {0, 1}, {250, 0.8535533905932737}, {500, 0.5}, {750, 0.14644660940672627}, {1000, 0}, {1250, 0}
        };
        for (double[] point : points) {
            assertEquals(point[1], Schedule.cosine(1, 0).at((long) point[0] + 1, run(1000)), 1e-9);
        }
        var restarts = Schedule.cosine(1, 0.1, Duration.steps(10), 2);
        assertEquals(1, restarts.at(1, run(1000)), 1e-12);
        assertEquals(0.55, restarts.at(6, run(1000)), 1e-12);
        assertEquals(1, restarts.at(11, run(1000)), 1e-12);
        assertEquals(0.55, restarts.at(21, run(1000)), 1e-12);
        assertEquals(1, restarts.at(31, run(1000)), 1e-12);
    }

    @Test
    void warmup() {
        var schedule = Schedule.linear(0.2, 0).warmup(Duration.percent(10));
        assertEquals(0, schedule.at(1, run(100)));
        assertEquals(0.1, schedule.at(6, run(100)), 1e-12);
        assertEquals(0.2, schedule.at(11, run(100)), 1e-12);
        assertEquals(0.1, schedule.at(56, run(100)), 1e-12);
        assertEquals(0.2, Schedule.constant(0.2).warmup(Duration.steps(4)).at(50, run(100)));
        var root = Schedule.inverseSqrt(0.2).warmup(Duration.steps(4));
        assertEquals(0.1, root.at(3, run(100)), 1e-12);
        assertEquals(0.2, root.at(5, run(100)), 1e-12);
        assertEquals(0.1, root.at(17, run(100)), 1e-12);
    }

    /** As torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10, pct_start=0.3). */
    @Test
    void oneCycle() {
        var schedule = Schedule.oneCycle(1, Duration.percent(30));
        assertEquals(0.04, schedule.at(1, run(10)), 1e-12);
        assertEquals(0.52, schedule.at(2, run(10)), 1e-12);
        assertEquals(1, schedule.at(3, run(10)), 1e-12);
        double share = 1.0 / 7;
        assertEquals(4e-6 + (1 - 4e-6) * (1 + Math.cos(Math.PI * share)) / 2, schedule.at(4, run(10)), 1e-12);
        assertEquals(4e-6, schedule.at(10, run(10)), 1e-12);
    }
}
