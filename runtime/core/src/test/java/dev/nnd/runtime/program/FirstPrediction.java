package dev.nnd.runtime.program;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import java.nio.file.Path;

/** What a service does first: {@code FirstPrediction WEIGHTS} reads weights and runs two layers once. */
final class FirstPrediction {

    private FirstPrediction() {}

    public static void main(String[] arguments) {
        var parameters = weights();
        parameters.load(Path.of(arguments[0]));
        var at = new Binding("FirstPrediction", Provider.best(1), parameters);
        var image = at.port("image", ElementType.F32, 1, 20);
        BoundOp hidden = at.innerProduct(
                "hidden",
                image,
                at.parameter(parameters.parameters().get(0)),
                at.parameter(parameters.parameters().get(1)),
                true);
        BoundOp logits = at.innerProduct(
                "logits", hidden.output(), at.parameter(parameters.parameters().get(2)), null, false);
        try (var memory = at.commit()) {
            hidden.run();
            logits.run();
            System.out.println("predicted by " + Provider.best(1).name() + " in " + memory);
        }
    }

    static ParameterSet weights() {
        var parameters = new ParameterSet("test.FirstPrediction");
        parameters.add("hidden.weight", new Initializer.Normal(0, 1), true, 30, 20);
        parameters.add("hidden.bias", new Initializer.Normal(0, 1), true, 30);
        parameters.add("logits.weight", new Initializer.Normal(0, 1), true, 10, 30);
        return parameters;
    }
}
