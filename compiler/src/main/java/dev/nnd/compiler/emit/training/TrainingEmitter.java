package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.kernel.UpdateKernel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Makes the classes of a train section that are not programs: what users call, and what the training loop calls. */
public final class TrainingEmitter {

    private TrainingEmitter() {}

    /**
     * The classes of a section with one model and one loss.
     *
     * @param update the kernel that changes the weights
     * @param accessors the methods of the model's calls that give the memory of its inputs and outputs, by their names
     */
    public static List<GeneratedFile> emit(TypedTrain train, UpdateKernel update, Map<String, String> accessors) {
        if (train.models().size() != 1 || train.minimize().size() != 1) {
            throw new IllegalArgumentException(train.name() + " has not one model and one loss");
        }
        var names = new TrainingNames(train);
        Stream<TypeSpec> types = Stream.of(
                new FacadeClass(train, names, accessors).type(),
                new ProgramClass(train, names, update).type(),
                new FactoryClass(train, names).type());
        String file = train.declaration().span().file().name();
        return types.map(t -> GeneratedFile.of(train.packageName(), file, t, false))
                .toList();
    }
}
