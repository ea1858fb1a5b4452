package dev.nnd.compiler.check;

import dev.nnd.compiler.type.DType;
import java.util.Arrays;
import java.util.List;

/** The names that are built into the language, for editors. */
public final class Vocabulary {

    private Vocabulary() {}

    /**
     * A built-in function.
     *
     * @param name as written
     * @param parameters in order
     * @param brackets true for {@code reshape[...]} and the like
     * @param example how it is written
     */
    public record Function(String name, List<Parameter> parameters, boolean brackets, String example) {}

    /** A parameter of a built-in function. */
    public record Parameter(String name, boolean required) {}

    /** All built-in functions. */
    public static List<Function> functions() {
        return Builtins.names().stream()
                .sorted()
                .flatMap(n -> Builtins.named(n).stream())
                .map(b -> new Function(
                        b.name(),
                        b.slots().stream()
                                .map(s -> new Parameter(s.name(), s.required()))
                                .toList(),
                        b.brackets(),
                        b.example()))
                .toList();
    }

    /** The element types of tensors. */
    public static List<String> dtypes() {
        return Arrays.stream(DType.values()).map(DType::text).toList();
    }

    /** The types of parameters that are known at compile time. */
    public static List<String> parameterTypes() {
        return Types.WORDS;
    }
}
