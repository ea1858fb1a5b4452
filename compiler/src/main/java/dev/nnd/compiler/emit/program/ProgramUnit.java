package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/**
 * What a program class is made for.
 *
 * @param kind which interface it implements
 * @param name of the class
 * @param owner the public class in front of it, named in messages
 * @param weights the class of the parameters
 * @param span the declaration
 * @param data the data section whose fields a training program takes
 * @param metrics names, in order
 */
record ProgramUnit(
        Kind kind,
        ClassName name,
        ClassName owner,
        ClassName weights,
        Span span,
        Optional<TypedData> data,
        List<String> metrics) {

    /** What a program is for. */
    enum Kind {
        FORWARD,
        STEP,
        EVALUATION
    }
}
