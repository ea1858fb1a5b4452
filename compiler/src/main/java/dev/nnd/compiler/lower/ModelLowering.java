package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedModel;
import java.util.ArrayList;
import java.util.List;

/** Makes the inference graph of a model. */
public final class ModelLowering {

    private ModelLowering() {}

    /**
     * The graph: an INPUT port for each input, a PARAMETER or BUFFER port for each weight by its path, an OUTPUT
     * port for each output.
     */
    public static Lowered lower(TypedModel model) {
        return lower(model, false);
    }

    /** The same as it is trained, if {@code training}: for tests of gradients. */
    public static Lowered lower(TypedModel model, boolean training) {
        TypedBlock block = SolvedBlocks.of(model.block());
        var inliner = new Inliner(model.name(), block.body(), training);
        List<Value> inputs = new ArrayList<>();
        for (TypedBlock.Input input : block.inputs()) {
            inputs.add(inliner.builder().input(Port.Role.INPUT, input.name(), input.type()));
        }
        inliner.declare(block, "");
        List<Value> outputs = inliner.inlineTop(block, inputs, null);
        for (int i = 0; i < outputs.size(); i++) {
            inliner.builder().output(Port.Role.OUTPUT, block.outputs().get(i).name(), outputs.get(i));
        }
        return inliner.build();
    }
}
