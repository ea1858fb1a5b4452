package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.typed.TypedModel;
import java.util.List;
import java.util.Map;

/**
 * The generated code around a train section.
 *
 * @param weights the class of its parameters
 * @param statements in order
 * @param evaluationSettings the settings that the evaluation computes with, in the order of its constructor
 * @param accessors by a model's name in the section: the methods of its calls that give the memory of inputs and outputs,
 *     by their names; without a model that has no class of its own
 * @param classes by a model's name in the section: the model as its class has it, with free dims that the section fixes
 */
public record SectionCode(
        String weights,
        List<StatementCode> statements,
        List<String> evaluationSettings,
        Map<String, Map<String, String>> accessors,
        Map<String, TypedModel> classes) {

    public SectionCode {
        statements = List.copyOf(statements);
        evaluationSettings = List.copyOf(evaluationSettings);
    }

    boolean several() {
        return statements.size() > 1;
    }
}
