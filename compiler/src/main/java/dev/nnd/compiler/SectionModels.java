package dev.nnd.compiler;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives models that a train section makes with arguments a class of their own, named after the section and the model's name
 * in it: {@code model net = Gpt(vocab: 65)} in {@code NanoGpt} is {@code NanoGptNet}. The class {@code Gpt} stands for the
 * default arguments.
 */
final class SectionModels {

    private final TypedTrain train;
    private final List<TypedModel> made = new ArrayList<>();

    /** {@code models} are those of the file, each with its default arguments. */
    SectionModels(TypedTrain section, List<TypedModel> models) {
        var trained = new ArrayList<TypedTrain.Trained>();
        for (TypedTrain.Trained model : section.models()) {
            if (isDefault(section, model, models)) {
                trained.add(model);
                continue;
            }
            String name = section.name() + JavaNames.type(model.name());
            TypedModel declared = renamed(model.declared(), name, section);
            made.add(declared);
            trained.add(model.with(renamed(model.model(), name, section), declared));
        }
        this.train = new TypedTrain(
                section.declaration(),
                section.packageName(),
                section.settings(),
                section.constants(),
                trained,
                section.data(),
                section.body(),
                section.minimize(),
                section.metrics(),
                section.run());
    }

    /** The section with these models. */
    TypedTrain train() {
        return train;
    }

    /** The models that get a class here. */
    List<TypedModel> made() {
        return made;
    }

    private static boolean isDefault(TypedTrain section, TypedTrain.Trained model, List<TypedModel> models) {
        boolean bare = section.declaration().items().stream()
                .filter(TrainItem.Model.class::isInstance)
                .map(TrainItem.Model.class::cast)
                .filter(i -> i.name().name().equals(model.name()))
                .anyMatch(i -> !(i.value() instanceof Expr.Call call)
                        || call.arguments().isEmpty());
        return bare
                || models.stream()
                        .anyMatch(m -> m.declaration().equals(model.model().declaration())
                                && m.block()
                                        .arguments()
                                        .equals(model.model().block().arguments()));
    }

    private static TypedModel renamed(TypedModel model, String name, TypedTrain section) {
        Decl.Block d = model.declaration();
        var declaration = new Decl.Block(
                d.doc(),
                d.checkpoint(),
                d.model(),
                new Ident(name, d.name().span()),
                d.parameters(),
                d.body(),
                d.span());
        return new TypedModel(declaration, section.packageName(), model.block(), model.freeDims());
    }
}
