package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a rule may ask about a graph. */
public interface Neighbourhood {

    /** The node that makes a value; empty for an input of the graph. */
    Optional<Node> producer(Value value);

    /** The nodes that use a value. */
    List<Node> users(Value value);

    /** How often a value is used, by nodes and as an output of the graph. */
    int uses(Value value);

    /** True if the value is a trainable parameter as it comes into the graph. */
    boolean isParameter(Value value);

    /** An earlier node with the same op and the same operands. */
    Optional<Node> twin(Node node);

    /** Starts a replacement of a node. */
    Draft replace(Node node);

    /** The node that makes a value, if its op is of that type. */
    default Optional<Node> producer(Value value, Class<? extends Op> type) {
        return producer(value).filter(n -> type.isInstance(n.op()));
    }

    /** The same, if in addition nothing else uses the value. */
    default Optional<Node> soleProducer(Value value, Class<? extends Op> type) {
        return uses(value) == 1 ? producer(value, type) : Optional.empty();
    }

    /** The number that a value holds in all elements, if that is known. */
    default OptionalDouble constant(Value value) {
        Optional<Node> producer = producer(value);
        if (producer.isEmpty()) {
            return OptionalDouble.empty();
        }
        Node node = producer.get();
        if (node.op() instanceof Op.Constant c) {
            return OptionalDouble.of(c.value());
        }
        boolean keepsValue = node.op() instanceof Op.Broadcast || node.op() instanceof Op.Reshape;
        return keepsValue ? constant(node.inputs().getFirst()) : OptionalDouble.empty();
    }

    /** True if the value is known to hold that number in all elements. */
    default boolean isConstant(Value value, double number) {
        OptionalDouble known = constant(value);
        return known.isPresent() && known.getAsDouble() == number;
    }
}
