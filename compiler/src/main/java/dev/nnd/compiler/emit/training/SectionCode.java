package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.typed.TypedModel;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The generated code around a train section.
 *
 * @param weights the class of its parameters
 * @param statements in order
 * @param evaluationSettings the settings that the evaluation computes with, in the order of its constructor
 * @param accessors by a model's name in the section: the methods of its calls that give the memory of inputs and outputs,
 *     by their names; without a model that has no class of its own
 * @param classes by a model's name in the section: the model as its class has it, with free dims that the section fixes
 * @param sizes the learned sizes that its programs are bound to, with the data section's methods that tell them
 * @param weightSizes those of them that the class of its parameters is made with, in its order
 */
public record SectionCode(
        String weights,
        List<StatementCode> statements,
        List<String> evaluationSettings,
        Map<String, Map<String, String>> accessors,
        Map<String, TypedModel> classes,
        SequencedMap<String, String> sizes,
        List<String> weightSizes) {

    public SectionCode {
        statements = List.copyOf(statements);
        evaluationSettings = List.copyOf(evaluationSettings);
        weightSizes = List.copyOf(weightSizes);
    }

    /** The Java expression of the parameters. */
    String net() {
        return sizes.isEmpty() ? "net" : "net()";
    }

    boolean several() {
        return statements.size() > 1;
    }
}
