package dev.nnd.compiler;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.List;

/** What the statements {@code minimize} of a section are called: after the models that they change. */
final class StatementNames {

    private final TypedTrain train;
    private final List<String> names = new ArrayList<>();

    StatementNames(TypedTrain train) {
        this.train = train;
        for (TypedTrain.Minimize minimize : train.minimize()) {
            String wanted = String.join("_", minimize.over());
            String name = wanted;
            for (int i = 2; names.contains(name); i++) {
                name = wanted + "_" + i;
            }
            names.add(name);
        }
    }

    /** {@code loss} for the only statement, else such as {@code discriminator_loss}. */
    List<String> losses() {
        return names.size() == 1
                ? List.of("loss")
                : names.stream().map(n -> n + "_loss").toList();
    }

    /** {@code MnistTrainingStep} for the only statement, else such as {@code DcganDiscriminatorStep}. */
    String stepClass(int index) {
        return train.name() + (names.size() == 1 ? "" : JavaNames.type(names.get(index))) + "Step";
    }

    /** {@code update} for the only statement, else such as {@code updateDiscriminator}. */
    String updateMethod(int index) {
        return names.size() == 1 ? "update" : "update" + JavaNames.type(names.get(index));
    }
}
