package dev.nnd.compiler.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.TestGraphs;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Builds one function of random operands and holds its gradients to central finite differences in double precision. */
final class GradientCheck {

    /** So many elements of a parameter are moved alone; all of them are moved together, in several directions. */
    private static final int ALONE = 12;

    private static final int DIRECTIONS = 2;

    final GraphBuilder graph = TestGraphs.builder();
    final Random random;

    private final long seed;
    private final Map<String, Long> freeDims = new HashMap<>();
    private final Map<String, double[]> inputs = new HashMap<>();
    private final List<Port> parameters = new ArrayList<>();

    GradientCheck(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** A dim variable of that size. */
    Dim free(String name, long size) {
        freeDims.put(name, size);
        return Dim.variable(name);
    }

    /** A size of at least 1 and at most {@code limit}. */
    int size(int limit) {
        return 1 + random.nextInt(limit);
    }

    /** A number of [low, high) with either sign: kinks at zero are {@code low} away. */
    DoubleSupplier awayFromZero(double low, double high) {
        return () -> (random.nextBoolean() ? 1 : -1) * between(low, high).getAsDouble();
    }

    /** Odd multiples of 1/4, whose products are multiples of 1/16. */
    DoubleSupplier quarters() {
        return () -> (random.nextInt(4) - 1.5) / 2;
    }

    /**
     * Numbers half way between multiples of 1/16: added to a sum of products of {@link #quarters}, it is never near 0.
     */
    DoubleSupplier betweenSixteenths() {
        return () -> (random.nextInt(33) - 16.5) / 16;
    }

    DoubleSupplier between(double low, double high) {
        return () -> low + (high - low) * random.nextDouble();
    }

    /** Numbers of which no two are closer than 0.1, in random order; 400 of them. */
    DoubleSupplier distinct() {
        return distinct(400);
    }

    /** The same for so many numbers. */
    DoubleSupplier distinct(int count) {
        var order = new ArrayList<Integer>(
                IntStream.range(-count / 2, count / 2).boxed().toList());
        Collections.shuffle(order, random);
        var next = order.iterator();
        return () -> next.next() * 0.1;
    }

    Value parameter(DoubleSupplier values, Dim... dims) {
        return parameter(values, new TensorType(DType.F64, List.of(dims)));
    }

    Value parameter(DoubleSupplier values, TensorType type) {
        String name = "p" + parameters.size();
        Value value = graph.input(Port.Role.PARAMETER, name, type);
        parameters.add(new Port(Port.Role.PARAMETER, name, value));
        inputs.put(name, elements(values, type));
        return value;
    }

    Value input(String name, DoubleSupplier values, TensorType type) {
        inputs.put(name, elements(values, type));
        return graph.input(Port.Role.INPUT, name, type);
    }

    /** Indices below a limit. */
    Value labels(int limit, Dim... dims) {
        return input("labels", () -> random.nextInt(limit), new TensorType(DType.I32, List.of(dims)));
    }

    private double[] elements(DoubleSupplier values, TensorType type) {
        return IntStream.range(0, (int) type.elements().evaluate(freeDims))
                .mapToDouble(_ -> values.getAsDouble())
                .toArray();
    }

    /** The graph whose loss is the sum of {@code y}'s elements, each with a random weight. */
    Graph weighted(Value y) {
        Value weights = input("weights", between(0.5, 1.5), y.type());
        Value terms = graph.multiply(y, weights);
        List<Integer> axes = IntStream.range(0, y.type().rank()).boxed().toList();
        graph.output(Port.Role.LOSS, "loss", graph.reduceSum(terms, axes, false));
        return graph.build();
    }

    /** The joint graph of a forward graph that this check built. */
    JointGraph differentiate(Graph forward) {
        return Differentiation.gradients(forward, parameters);
    }

    /**
     * Compares each parameter's gradient, computed with those of the others and alone, with finite differences: along random
     * directions, of which every element is a part, and along single elements.
     */
    void compare(Graph forward, DifferenceChecks checks) {
        JointGraph joint = differentiate(forward);
        var result = Evaluator.evaluate(joint.graph(), freeDims, inputs);
        for (Port parameter : parameters) {
            double[] gradient = result.output(Port.Role.GRADIENT, parameter.name());
            Graph alone = Differentiation.gradients(forward, List.of(parameter)).graph();
            assertArrayEquals(
                    gradient,
                    Evaluator.evaluate(alone, freeDims, inputs).output(Port.Role.GRADIENT, parameter.name()),
                    1e-12 * (1 + DoubleStream.of(gradient).map(Math::abs).max().orElse(0)),
                    () -> parameter.name() + " alone, seed " + seed + "\n" + GraphPrinter.print(alone));
            for (double[] direction : directions(gradient.length)) {
                double slope = 0;
                for (int i = 0; i < gradient.length; i++) {
                    slope += direction[i] * gradient[i];
                }
                checks.check(
                        difference(forward, parameter.name(), direction),
                        slope,
                        () -> parameter.name() + " along " + Arrays.toString(direction) + ", seed " + seed + ", dims "
                                + freeDims + ", inputs " + text() + "\n" + GraphPrinter.print(joint.graph()));
            }
        }
    }

    private List<double[]> directions(int elements) {
        var directions = new ArrayList<double[]>();
        if (elements > 1) {
            for (int i = 0; i < DIRECTIONS; i++) {
                directions.add(random.doubles(elements, -1, 1).toArray());
            }
        }
        int from = elements <= ALONE ? 0 : random.nextInt(elements);
        for (int i = 0; i < Math.min(elements, ALONE); i++) {
            double[] direction = new double[elements];
            direction[(from + i) % elements] = 1;
            directions.add(direction);
        }
        return directions;
    }

    private FiniteDifference difference(Graph forward, String parameter, double[] direction) {
        var terms = new LossTerms(forward);
        double[] at = Objects.requireNonNull(inputs.get(parameter));
        return FiniteDifference.of(distance -> {
            var moved = new HashMap<>(inputs);
            double[] place = IntStream.range(0, at.length)
                    .mapToDouble(i -> at[i] + distance * direction[i])
                    .toArray();
            moved.put(parameter, place);
            return terms.of(Evaluator.evaluate(forward, freeDims, moved));
        });
    }

    private String text() {
        var text = new StringBuilder();
        inputs.forEach((name, values) ->
                text.append(name).append(Arrays.toString(values)).append(' '));
        return text.toString();
    }

    /** Dims of these sizes. */
    static Dim[] dims(long... sizes) {
        return LongStream.of(sizes).mapToObj(Dim::of).toArray(Dim[]::new);
    }
}
