package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.List;
import java.util.stream.Stream;

/** Makes the classes of a train section that are not programs: what users call, and what the training loop calls. */
public final class TrainingEmitter {

    private TrainingEmitter() {}

    /** The classes of a section. */
    public static List<GeneratedFile> emit(TypedTrain train, SectionCode code) {
        var names = new TrainingNames(train);
        Stream<TypeSpec> types = Stream.of(
                new FacadeClass(train, names, code).type(),
                new ProgramClass(train, names, code).type(),
                new FactoryClass(train, names).type());
        String file = train.declaration().span().file().name();
        return types.map(t -> GeneratedFile.of(train.packageName(), file, t, false))
                .toList();
    }
}
