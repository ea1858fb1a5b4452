package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.emit.WeightNames;
import dev.nnd.compiler.plan.BatchRows;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a program class is made for.
 *
 * @param kind which interface it implements
 * @param name of the class
 * @param owner the public class in front of it, named in messages
 * @param weights the class of the parameters
 * @param weightNames where they are in it
 * @param span the declaration
 * @param data the data section whose fields a training program takes
 * @param metrics names, in order
 * @param losses of an evaluation: the names of several statements' losses; else empty
 * @param rows of a forward program: those of its batch, if it may be run for some of them at a time
 * @param streams of an evaluation: the ports that a metric over all examples is computed from, by the metric's index; at
 *     {@link #PREDICTIONS} those of what the model says and should say
 */
record ProgramUnit(
        Kind kind,
        ClassName name,
        ClassName owner,
        ClassName weights,
        WeightNames weightNames,
        Span span,
        Optional<TypedData> data,
        List<String> metrics,
        List<String> losses,
        Optional<BatchRows> rows,
        Map<Integer, List<String>> streams) {

    /** The place of the predictions among the streams. */
    static final int PREDICTIONS = -1;

    /** A program that is no evaluation. */
    ProgramUnit(
            Kind kind,
            ClassName name,
            ClassName owner,
            ClassName weights,
            WeightNames weightNames,
            Span span,
            Optional<TypedData> data,
            List<String> metrics) {
        this(kind, name, owner, weights, weightNames, span, data, metrics, List.of(), Optional.empty(), Map.of());
    }

    /** The same program for a batch that may be cut. */
    ProgramUnit with(Optional<BatchRows> cut) {
        return new ProgramUnit(kind, name, owner, weights, weightNames, span, data, metrics, losses, cut, streams);
    }

    /** Whether it is no part of training. */
    boolean infers() {
        return kind == Kind.FORWARD || kind == Kind.DECODE;
    }

    /** What a program is for. */
    enum Kind {
        FORWARD,
        /** A step of a decoder, with caches that belong to its caller. */
        DECODE,
        STEP,
        EVALUATION
    }
}
