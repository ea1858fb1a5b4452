package dev.nnd.compiler.typed;

import dev.nnd.grammar.SourceFile;
import java.util.List;

/**
 * What one file declares, checked. Every model here got its default arguments; a model without defaults for all its
 * parameters is checked where it is used and is absent here.
 */
public record TypedProgram(
        SourceFile source,
        String doc,
        List<TypedModel> models,
        List<TypedData> data,
        List<TypedTrain> trains,
        List<TypedTune> tunes) {}
