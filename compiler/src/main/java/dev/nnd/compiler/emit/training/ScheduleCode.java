package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.typed.Duration;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Schedule;
import java.util.List;
import java.util.Objects;

/** Schedules as Java expressions that make them. */
final class ScheduleCode {

    private final ScalarCode scalars;

    ScheduleCode(ScalarCode scalars) {
        this.scalars = scalars;
    }

    /** {@code Schedule.cosine(0.001, 1.0E-4).warmup(Duration.steps(100))}. */
    CodeBlock code(Schedule schedule) {
        CodeBlock curve = CodeBlock.of("$T.$L", RuntimeTypes.SCHEDULE, curve(schedule));
        Duration warmup = schedule.times().get("warmup");
        return warmup == null || schedule.kind() == Schedule.Kind.ONE_CYCLE
                ? curve
                : CodeBlock.of("$L.warmup($L)", curve, time(warmup));
    }

    private CodeBlock curve(Schedule s) {
        return switch (s.kind()) {
            case CONSTANT -> CodeBlock.of("constant($L)", number(s, "peak"));
            case LINEAR -> CodeBlock.of("linear($L, $L)", number(s, "peak"), number(s, "end"));
            case COSINE ->
                s.times().containsKey("period")
                        ? CodeBlock.of(
                                "cosine($L, $L, $L, $L)",
                                number(s, "peak"),
                                number(s, "end"),
                                time(s, "period"),
                                number(s, "growth"))
                        : CodeBlock.of("cosine($L, $L)", number(s, "peak"), number(s, "end"));
            case STEP -> CodeBlock.of("step($L, $L, $L)", number(s, "peak"), time(s, "every"), number(s, "factor"));
            case EXPONENTIAL ->
                CodeBlock.of("exponential($L, $L, $L)", number(s, "peak"), number(s, "factor"), time(s, "every"));
            case POLYNOMIAL ->
                CodeBlock.of("polynomial($L, $L, $L)", number(s, "peak"), number(s, "end"), number(s, "power"));
            case ONE_CYCLE -> oneCycle(s);
            case PIECEWISE ->
                CodeBlock.of(
                        "piecewise($1T.of($2L), $1T.of($3L))",
                        List.class,
                        CodeBlock.join(
                                s.values().stream()
                                        .map(v -> CodeBlock.of("$L", scalars.code(v)))
                                        .toList(),
                                ", "),
                        CodeBlock.join(
                                s.boundaries().stream().map(ScheduleCode::time).toList(), ", "));
            case INVERSE_SQRT -> CodeBlock.of("inverseSqrt($L)", number(s, "peak"));
            case INVERSE_TIME ->
                CodeBlock.of("inverseTime($L, $L, $L)", number(s, "peak"), number(s, "rate"), time(s, "every"));
        };
    }

    private CodeBlock oneCycle(Schedule s) {
        CodeBlock first = CodeBlock.of("$L, $L", number(s, "peak"), time(s, "warmup"));
        if (!s.numbers().containsKey("end")) {
            return s.numbers().containsKey("start")
                    ? CodeBlock.of("oneCycle($L, $L)", first, number(s, "start"))
                    : CodeBlock.of("oneCycle($L)", first);
        }
        String start = s.numbers().containsKey("start")
                ? number(s, "start")
                : scalars.operand(Objects.requireNonNull(s.numbers().get("peak"))) + " / 25";
        return CodeBlock.of("oneCycle($L, $L, $L)", first, start, number(s, "end"));
    }

    private String number(Schedule schedule, String argument) {
        ScalarExpr value = schedule.numbers().get(argument);
        return scalars.code(Objects.requireNonNull(value, () -> schedule.kind() + " has no " + argument));
    }

    private static CodeBlock time(Schedule schedule, String argument) {
        Duration time = schedule.times().get(argument);
        return time(Objects.requireNonNull(time, () -> schedule.kind() + " has no " + argument));
    }

    /** {@code Duration.epochs(2)}. */
    static CodeBlock time(Duration time) {
        String unit = switch (time.unit()) {
            case STEPS -> "steps";
            case EPOCHS -> "epochs";
            case PERCENT -> "percent";
        };
        double amount = time.amount();
        String number = amount == Math.rint(amount) && Math.abs(amount) < Integer.MAX_VALUE
                ? Long.toString((long) amount)
                : Double.toString(amount);
        return CodeBlock.of("$T.$L($L)", RuntimeTypes.DURATION, unit, number);
    }
}
