package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers that are computed before a step, as Java expressions of type double. */
final class ScalarCode {

    private final TrainingNames names;
    /** The fields of schedules. */
    private final Map<Schedule, String> schedules = new LinkedHashMap<>();

    ScalarCode(TrainingNames names) {
        this.names = names;
    }

    /** The schedules that were met, equal ones once, with the names of their fields. */
    Map<Schedule, String> schedules() {
        return schedules;
    }

    String code(ScalarExpr expression) {
        return switch (expression) {
            case ScalarExpr.Number number -> Double.toString(number.value());
            case ScalarExpr.Setting setting -> names.setting(setting.name());
            case ScalarExpr.Binary binary ->
                operand(binary.left()) + " " + operator(binary) + " " + operand(binary.right());
            case ScalarExpr.Scheduled scheduled -> schedule(scheduled.schedule()) + ".at(step, length)";
        };
    }

    private String schedule(Schedule schedule) {
        return schedules.computeIfAbsent(
                schedule, _ -> schedules.isEmpty() ? "schedule" : "schedule" + (schedules.size() + 1));
    }

    String operand(ScalarExpr expression) {
        String code = code(expression);
        boolean whole = expression instanceof ScalarExpr.Scheduled;
        return !whole && code.contains(" ") || code.startsWith("-") ? "(" + code + ")" : code;
    }

    private static String operator(ScalarExpr.Binary binary) {
        return switch (binary.function()) {
            case ADD -> "+";
            case SUBTRACT -> "-";
            case MULTIPLY -> "*";
            case DIVIDE -> "/";
            default -> throw new IllegalArgumentException(binary.function() + " is not computed before a step");
        };
    }
}
