package dev.nnd.benchmarks.tensorflow;

import dev.nnd.benchmarks.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** The optimizers, by TensorFlow's fused ops that change variables in place; none starts before all gradients are there. */
final class Updates {

    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final float EPS = 1e-8f;
    private static final float DECAY = 0.01f;

    private final Ops tf;
    private final Variables variables;
    private final Placeholder<TFloat32> power1;
    private final Placeholder<TFloat32> power2;

    Updates(Ops tf, Variables variables) {
        this.tf = tf;
        this.variables = variables;
        power1 = tf.placeholder(TFloat32.class);
        power2 = tf.placeholder(TFloat32.class);
    }

    /** To feed: the first decay to the power of the number of the step. */
    Placeholder<TFloat32> power1() {
        return power1;
    }

    /** To feed: the second one's. */
    Placeholder<TFloat32> power2() {
        return power2;
    }

    static float power1(long step) {
        return (float) Math.pow(BETA1, step);
    }

    static float power2(long step) {
        return (float) Math.pow(BETA2, step);
    }

    /** One op for each variable. */
    List<Op> of(Network network, Map<String, Operand<TFloat32>> gradients) {
        Ops after = tf.withControlDependencies(new ArrayList<Op>(gradients.values()));
        var ops = new ArrayList<Op>();
        gradients.forEach((name, gradient) -> {
            Variable<TFloat32> variable = present(variables.all().get(name), name);
            ops.add(
                    switch (network) {
                        case MNIST, SENTIMENT -> adam(after, variable, name, 1e-3f, gradient);
                        case CATS -> adam(after, variable, name, 1e-4f, gradient);
                        case BERT_MINI -> {
                            Op decayed =
                                    after.assignSub(variable, after.math.mul(variable, tf.constant(1e-4f * DECAY)));
                            yield adam(after.withControlDependencies(decayed), variable, name, 1e-4f, gradient);
                        }
                        case LENET ->
                            after.train.applyMomentum(
                                    variable,
                                    variables.zeros(name + "/momentum", variable.shape()),
                                    tf.constant(0.01f),
                                    gradient,
                                    tf.constant(0.9f));
                        case MLP, RESNET50, BERT_BASE, GPT2 ->
                            throw new IllegalArgumentException("no training of " + network);
                    });
        });
        return ops;
    }

    private Op adam(Ops after, Variable<TFloat32> variable, String name, float lr, Operand<TFloat32> gradient) {
        return after.train.applyAdam(
                variable,
                variables.zeros(name + "/m", variable.shape()),
                variables.zeros(name + "/v", variable.shape()),
                power1,
                power2,
                tf.constant(lr),
                tf.constant(BETA1),
                tf.constant(BETA2),
                tf.constant(EPS),
                gradient);
    }

    private static Variable<TFloat32> present(@Nullable Variable<TFloat32> found, String name) {
        if (found == null) {
            throw new IllegalStateException("there is no variable " + name);
        }
        return found;
    }
}
