package dev.nnd.compiler;

import dev.nnd.compiler.emit.data.DataShape;
import dev.nnd.compiler.lower.LoweringLimits;
import dev.nnd.compiler.lower.SolvedBlocks;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.type.DimSolution;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a correct program may ask for and the generated Java has no form for yet. */
final class TargetLimits {

    private TargetLimits() {}

    /** What is found in models, data and train sections. */
    static List<Diagnostic> of(TypedProgram program) {
        var found = new ArrayList<Diagnostic>();
        for (TypedModel model : program.models()) {
            refuse(LoweringLimits.of(model.block()), found);
            WeightFields.check(model.block(), found);
            DimSolution solution = SolvedBlocks.solution(model.block());
            model.block().requirements().forEach(r -> refuse(r, solution, model, found));
        }
        program.data().forEach(d -> new DataLimits(d, found).check());
        for (TypedTrain train : program.trains()) {
            imported(train, found);
            learned(train, found);
        }
        for (TypedTrain train : program.trains()) {
            var results = new ArrayList<TypedExpr>();
            train.minimize().forEach(m -> results.add(m.loss()));
            train.metrics().forEach(m -> results.addAll(computed(m)));
            refuse(LoweringLimits.of(train.body(), results), found);
        }
        for (TypedTrain train : program.trains()) {
            train.models()
                    .forEach(m -> m.model().block().requirements().stream()
                            .filter(r -> r.kind() != Requirement.Kind.EQUATION)
                            .filter(r -> !LearnedDims.all(r.condition().variables()))
                            .forEach(r -> refuseInTraining(r, m, found)));
            found.addAll(TrainLimits.of(train));
        }
        return found.stream().distinct().toList();
    }

    /** A metric over all examples is computed by the runtime from its operands. */
    private static List<TypedExpr> computed(TypedTrain.Metric metric) {
        return metric.aggregation() == TypedTrain.Aggregation.STREAMING
                        && metric.value() instanceof TypedExpr.Apply apply
                ? apply.operands()
                : List.of(metric.value());
    }

    /** The middle compares dims as they are written, in the way that the requirements' solution gives. */
    private static void refuse(
            Requirement requirement, DimSolution solution, TypedModel model, List<Diagnostic> found) {
        boolean same = requirement.condition()
                        instanceof DimCondition.Compare(DimCondition.Relation relation, Dim left, Dim right)
                && relation == DimCondition.Relation.EQUAL
                && solution.apply(left).equals(solution.apply(right));
        if (requirement.kind() == Requirement.Kind.EQUATION && !same) {
            found.add(Diagnostic.error(
                            "NND0899",
                            requirement.span(),
                            "`" + model.name() + "` relies on `"
                                    + requirement.condition().text()
                                    + "`; this version compiles only shapes that are equal as they are written")
                    .help("use one name for both dims in the inputs"));
        }
    }

    private static void refuseInTraining(Requirement requirement, TypedTrain.Trained model, List<Diagnostic> found) {
        found.add(Diagnostic.error(
                        "NND0899",
                        model.span(),
                        "`" + model.model().name() + "` requires `"
                                + requirement.condition().text() + "` of the batch, which training does not check yet")
                .label(requirement.span(), "required here"));
    }

    /** Data of another file is refused here too, since that file may not be among those that are compiled. */
    private static void imported(TypedTrain train, List<Diagnostic> found) {
        Span place = train.declaration().name().span();
        var limits = new ArrayList<Diagnostic>();
        if (!train.data().declaration().span().file().equals(place.file())) {
            new DataLimits(train.data(), limits).check();
        }
        limits.stream()
                .findFirst()
                .ifPresent(l -> found.add(Diagnostic.error(
                        "NND0899",
                        place,
                        "the imported data section `" + train.data().name()
                                + "` checks, but this version does not compile it to Java yet")));
    }

    /** A size that is learned from data comes from the section's own data. */
    private static void learned(TypedTrain train, List<Diagnostic> found) {
        var shape = new DataShape(train.data());
        for (String size : LearnedDims.of(train)) {
            if (shape.counted(size).isEmpty()) {
                found.add(Diagnostic.error(
                                "NND0899",
                                train.declaration().name().span(),
                                "`" + size + "` is a size of what `" + train.name() + "` computes, and its data `"
                                        + train.data().name() + "` does not learn it")
                        .help("train on the data section that it is learned from, or write a number"));
            }
        }
    }

    private static void refuse(Map<String, Span> functions, List<Diagnostic> found) {
        functions.forEach((name, span) -> found.add(Diagnostic.error(
                "NND0899", span, "`" + name + "` checks, but this version does not compile it to Java yet")));
    }
}
