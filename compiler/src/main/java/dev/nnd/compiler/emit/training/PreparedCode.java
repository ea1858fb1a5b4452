package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import dev.nnd.compiler.typed.OptimizerSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The call of an optimizer of the runtime, which looks at each weight as a whole. */
final class PreparedCode {

    /** Mean squares of rows and columns, which have a memory of their own; the runtime knows them by the first word. */
    private static final String FACTORED = "factored.v";

    private final OptimizerSpec optimizer;
    private final ScalarCode numbers;
    private final String field;

    /**
     * @param field the name of what keeps memory between steps, where an optimizer needs some
     */
    PreparedCode(OptimizerSpec optimizer, ScalarCode numbers, String field) {
        this.optimizer = optimizer;
        this.numbers = numbers;
        this.field = field;
    }

    private ClassName type() {
        return ClassName.get(
                "dev.nnd.runtime.optimizer",
                switch (optimizer.kind()) {
                    case LAMB -> "Lamb";
                    case MUON -> "Muon";
                    case ADAFACTOR -> "Adafactor";
                    case SGD, ADAM, ADAMW, ADAGRAD, RMSPROP, ADAMAX, NADAM, RADAM, LION ->
                        throw new IllegalArgumentException(optimizer.kind() + " is a loop over elements");
                });
    }

    private List<String> slabs() {
        return optimizer.kind() == OptimizerSpec.Kind.ADAFACTOR ? List.of(FACTORED) : List.of("m", "v");
    }

    private List<String> arguments() {
        return switch (optimizer.kind()) {
            case LAMB -> List.of("lr", "beta1", "beta2", "eps", "weight_decay");
            case MUON -> List.of("lr", "momentum", "nesterov", "iterations", "adam_lr", "weight_decay");
            case ADAFACTOR -> List.of("lr", "decay", "clip", "eps1", "eps2", "weight_decay");
            case SGD, ADAM, ADAMW, ADAGRAD, RMSPROP, ADAMAX, NADAM, RADAM, LION -> List.of();
        };
    }

    Optional<FieldSpec> field() {
        return made().map(_ -> FieldSpec.builder(type(), field, Modifier.PRIVATE, Modifier.FINAL)
                .build());
    }

    /** What sets the field in a constructor. */
    Optional<CodeBlock> made() {
        return switch (optimizer.kind()) {
            case MUON -> Optional.of(CodeBlock.of("$L = new $T(provider)", field, type()));
            case ADAFACTOR -> Optional.of(CodeBlock.of("$L = new $T()", field, type()));
            case LAMB, SGD, ADAM, ADAMW, ADAGRAD, RMSPROP, ADAMAX, NADAM, RADAM, LION -> Optional.empty();
        };
    }

    /**
     * The call.
     *
     * @param state the name of a slab of states
     * @param groups the Java expressions of the groups
     */
    CodeBlock call(UnaryOperator<String> state, String groups) {
        String slabs = slabs().stream()
                .map(s -> (s.equals(FACTORED) ? "all.factored(\"" : "all.state(\"") + state.apply(s) + "\")")
                .collect(Collectors.joining(", "));
        String values = arguments().stream()
                .map(a -> numbers.code(
                        Objects.requireNonNull(optimizer.arguments().get(a), a)))
                .collect(Collectors.joining(", "));
        var owner = made().isPresent() ? CodeBlock.of("$L", field) : CodeBlock.of("$T", type());
        return CodeBlock.of(
                "$L.change(all, $L, new $T($L, step), $L)",
                owner,
                slabs,
                type().nestedClass("Numbers"),
                values,
                groups);
    }
}
