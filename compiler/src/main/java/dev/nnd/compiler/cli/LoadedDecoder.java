package dev.nnd.compiler.cli;

import dev.nnd.runtime.generate.Completion;
import dev.nnd.runtime.generate.Generation;
import dev.nnd.runtime.generate.TokenListener;
import java.util.List;
import java.util.Objects;

/** A generated class of a decoder with weights, whose type is known at run time only. */
record LoadedDecoder(Object model) implements AutoCloseable {

    /** Continues prompts. */
    @SuppressWarnings("unchecked") // it is what the generated method returns
    List<Completion> generate(int[][] prompts, Generation how, TokenListener listener) {
        return (List<Completion>) LoadedModel.invoked(() -> Objects.requireNonNull(model.getClass()
                .getMethod("generate", int[][].class, Generation.class, TokenListener.class)
                .invoke(model, prompts, how, listener)));
    }

    /** How many positions it has. */
    int context() {
        return (Integer) LoadedModel.invoked(() ->
                Objects.requireNonNull(model.getClass().getMethod("context").invoke(model)));
    }

    @Override
    public void close() {
        LoadedModel.invoked(() -> {
            ((AutoCloseable) model).close();
            return this;
        });
    }
}
