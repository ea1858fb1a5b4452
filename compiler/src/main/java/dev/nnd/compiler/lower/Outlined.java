package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.typed.TypedBlock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions of outlined blocks, one for each block whose arguments and input types are distinct. */
final class Outlined {

    /** What follows a buffer's path in the name of the output that is its new value. */
    private static final String UPDATED = ".updated";

    private final Outlines outlines;
    private final boolean differentiated;
    private final Map<TypedBlock, Lowering> trained = new IdentityHashMap<>();
    private final Map<TypedBlock, Lowering> used = new IdentityHashMap<>();
    private final Set<String> names = new HashSet<>();

    /** For the graphs of one root; {@code differentiated} if that gets gradients. */
    Outlined(Outlines outlines, boolean differentiated) {
        this.outlines = outlines;
        this.differentiated = differentiated;
    }

    /**
     * A block as a function. Its input ports are the block's inputs and then, under their paths in the block, the
     * parameters and buffers, and the numbers that {@link RandomLowering} needs; what it does not use is left out.
     */
    record Lowering(Function function, TypedBlock block) {

        /** The operands of a call of the layer at a path. */
        List<Value> operands(List<Value> inputs, Inliner caller, String path) {
            List<String> names =
                    block.inputs().stream().map(TypedBlock.Input::name).toList();
            var operands = new ArrayList<Value>();
            for (Port port : function.graph().inputs()) {
                String name = port.name();
                operands.add(
                        switch (port.role()) {
                            case PARAMETER -> caller.parameter(within(path, name));
                            case BUFFER -> caller.buffer(within(path, name));
                            case SCALAR -> caller.random().operand(name);
                            default -> inputs.get(names.indexOf(name));
                        });
            }
            return operands;
        }

        /** Tells the caller what its buffers hold after the call. */
        void updates(List<Value> results, Inliner caller, String path) {
            List<Port> outputs = function.graph().outputs();
            for (int i = block.outputs().size(); i < outputs.size(); i++) {
                String name = outputs.get(i).name();
                caller.update(within(path, name.substring(0, name.length() - UPDATED.length())), results.get(i));
            }
        }

        private static String within(String path, String name) {
            return path.isEmpty() ? name : path + "." + name;
        }
    }

    boolean contains(TypedBlock block) {
        return outlines.contains(block, differentiated);
    }

    /**
     * The function of a block.
     *
     * @param training whether it does what layers do in training
     * @param library where the user's file first uses a block of the library
     */
    Lowering function(TypedBlock block, boolean training, @Nullable Origin library) {
        Map<TypedBlock, Lowering> functions = training ? trained : used;
        Lowering known = functions.get(block);
        if (known == null) {
            known = lower(block, training, library);
            functions.put(block, known);
        }
        return known;
    }

    private Lowering lower(TypedBlock block, boolean training, @Nullable Origin library) {
        var inliner = new Inliner(unique(block.declaration().name().name()), this, training);
        var inputs = new ArrayList<Value>();
        for (TypedBlock.Input input : block.inputs()) {
            inputs.add(inliner.builder().input(Port.Role.INPUT, input.name(), input.type()));
        }
        inliner.declare(block, "");
        List<Value> outputs = inliner.inlineTop(block, inputs, library);
        for (int i = 0; i < outputs.size(); i++) {
            inliner.builder().output(Port.Role.OUTPUT, block.outputs().get(i).name(), outputs.get(i));
        }
        Graph graph = used(inliner.build().graph());
        boolean checkpoint = differentiated && block.declaration().checkpoint();
        return new Lowering(checkpoint ? Function.checkpoint(graph) : new Function(graph), block);
    }

    private String unique(String name) {
        String free = name;
        for (int i = 2; !names.add(free); i++) {
            free = name + i;
        }
        return free;
    }

    /** Without the input ports that nothing reads; new values of buffers are outputs like others. */
    private static Graph used(Graph graph) {
        var read = new HashSet<Value>();
        graph.nodes().forEach(n -> read.addAll(n.inputs()));
        graph.outputs().forEach(p -> read.add(p.value()));
        List<Port> inputs =
                graph.inputs().stream().filter(p -> read.contains(p.value())).toList();
        List<Port> outputs = graph.outputs().stream()
                .map(p -> p.role() == Port.Role.UPDATED ? new Port(Port.Role.OUTPUT, p.name() + UPDATED, p.value()) : p)
                .toList();
        return new Graph(graph.name(), inputs, graph.nodes(), outputs);
    }
}
