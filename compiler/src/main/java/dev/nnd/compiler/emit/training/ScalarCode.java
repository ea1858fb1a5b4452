package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;

/** Numbers that are computed before a step, as Java expressions of type double. */
final class ScalarCode {

    private final TrainingNames names;

    ScalarCode(TrainingNames names) {
        this.names = names;
    }

    String code(ScalarExpr expression) {
        return switch (expression) {
            case ScalarExpr.Number number -> Double.toString(number.value());
            case ScalarExpr.Setting setting -> names.setting(setting.name());
            case ScalarExpr.Binary binary ->
                operand(binary.left()) + " " + operator(binary) + " " + operand(binary.right());
            case ScalarExpr.Scheduled _ -> throw new IllegalArgumentException("schedules are not computed yet");
        };
    }

    private String operand(ScalarExpr expression) {
        String code = code(expression);
        return code.contains(" ") || code.startsWith("-") ? "(" + code + ")" : code;
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
