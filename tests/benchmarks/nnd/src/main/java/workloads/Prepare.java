package workloads;

import dev.nnd.benchmarks.Network;
import dev.nnd.runtime.program.ParameterSet;
import java.nio.file.Path;

/** {@code Prepare NETWORK FILE}: writes the initial weights that all contenders begin with. */
public final class Prepare {

    private static final long SEED = 1;

    private Prepare() {}

    public static void main(String[] arguments) throws Exception {
        try (ParameterSet parameters = NndContender.parameters(Network.valueOf(arguments[0]))) {
            parameters.initialize(SEED);
            parameters.save(Path.of(arguments[1]));
        }
    }
}
