package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.TypedModel;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import javax.lang.model.element.Modifier;

/**
 * The methods of a model's class that generate tokens.
 *
 * @param plan of a step, whose class has the plan's name
 * @param scores their dtype
 * @param context how many positions the model has; empty if there is no limit
 */
public record DecoderMethods(TypedModel model, ExecutionPlan plan, DType scores, OptionalLong context) {

    private static final TypeName PROMPT = ArrayTypeName.of(int.class);
    private static final TypeName PROMPTS = ArrayTypeName.of(PROMPT);
    private static final TypeName COMPLETIONS =
            ParameterizedTypeName.get(ClassName.get(List.class), RuntimeNames.COMPLETION);

    /**
     * Adds what the model's constructor does for them.
     *
     * @param learned the sizes that are learned from data, as further arguments
     */
    void construct(MethodSpec.Builder constructor, String learned) {
        boolean limited = context.isPresent() && context.getAsLong() < Integer.MAX_VALUE;
        String limit = limited ? String.valueOf(context.getAsLong()) : "Integer.MAX_VALUE";
        constructor.addStatement(
                "generator = new $T($S, $L, $L, programs, (caches, rows, tokens, room) -> $T.bind(provider, net, caches, rows, tokens, room$L))",
                RuntimeNames.GENERATOR,
                model.name(),
                limit,
                scores == DType.F64,
                ClassName.get(model.packageName(), plan.name()),
                learned);
    }

    List<MethodSpec> methods() {
        return List.of(batch(), one(), context("context"));
    }

    private static MethodSpec batch() {
        return MethodSpec.methodBuilder("generate")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(
                        "Continues prompts of any lengths token by token, with the keys and values of earlier tokens in caches:\n"
                                + "what comes out are the tokens that the whole model gives. Safe to call from many threads.\n\n"
                                + "@param prompts at least one, each of at least one token\n"
                                + "@param how tokens are chosen, and when to stop\n"
                                + "@param onToken hears of each token as it is chosen, with the number of its prompt\n"
                                + "@return for each prompt what was added\n"
                                + "@throws dev.nnd.runtime.NndException if a prompt is longer than {@link #context()} or has a token that is\n"
                                + "    not in the vocabulary\n")
                .addParameter(PROMPTS, "prompts")
                .addParameter(RuntimeNames.GENERATION, "how")
                .addParameter(RuntimeNames.TOKEN_LISTENER, "onToken")
                .returns(COMPLETIONS)
                .addStatement("return generator.generate(prompts, how, onToken)")
                .build();
    }

    private static MethodSpec one() {
        return MethodSpec.methodBuilder("generate")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Continues one prompt; as {@link #generate(int[][], Generation, TokenListener)}.\n")
                .addParameter(PROMPT, "prompt")
                .addParameter(RuntimeNames.GENERATION, "how")
                .addParameter(IntConsumer.class, "onToken")
                .returns(RuntimeNames.COMPLETION)
                .addStatement("return generator.generate(prompt, how, (row, token) -> onToken.accept(token))")
                .build();
    }

    private static MethodSpec context(String name) {
        return MethodSpec.methodBuilder(name)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("How many tokens a prompt and what is generated have at most.\n")
                .returns(int.class)
                .addStatement("return generator.context()")
                .build();
    }
}
