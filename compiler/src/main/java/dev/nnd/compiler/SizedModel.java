package dev.nnd.compiler;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedModel;
import java.util.ArrayList;
import java.util.Map;

/** A model whose sizes are learned from data, once they are known. */
public final class SizedModel {

    private SizedModel() {}

    /** The model compiled with these numbers for its learned sizes, by their names. */
    public static CompiledFile.Model of(TypedModel model, Map<String, Integer> sizes) {
        var requirements = new ArrayList<>(model.block().requirements());
        sizes.forEach((name, size) -> requirements.add(new Requirement(
                DimCondition.equal(Dim.variable(name), Dim.of(size)),
                "",
                Map.of(),
                model.declaration().name().span(),
                Requirement.Kind.WRITTEN)));
        return Backend.compile(new TypedModel(
                model.declaration(),
                model.packageName(),
                model.block().withRequirements(requirements),
                model.freeDims()));
    }
}
