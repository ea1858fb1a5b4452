package dev.nnd.compiler.emit.model;

import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The free dims of one example: the batch is 1, and each other one follows from the length of an array that is passed, such
 * as the length of a text.
 */
final class ExampleSizes {

    private final List<String> variables;
    private final Optional<String> batch;
    private final DimCode dims;
    /** Each free dim with the input that tells it. */
    private final Map<String, Edge> solved = new LinkedHashMap<>();

    private ExampleSizes(List<String> variables, Optional<String> batch, DimCode dims) {
        this.variables = variables;
        this.batch = batch;
        this.dims = dims;
    }

    /** The free dim that leads all inputs and outputs and is nowhere else in them. */
    static Optional<String> batch(Collection<String> variables, Collection<TensorType> types) {
        return variables.stream()
                .filter(v -> types.stream().allMatch(t -> leads(v, t)))
                .findFirst();
    }

    private static boolean leads(String variable, TensorType type) {
        return type.rank() > 0
                && type.dim(0).equals(Dim.variable(variable))
                && type.dims().subList(1, type.rank()).stream()
                        .noneMatch(d -> d.variables().contains(variable));
    }

    /** The sizes of examples of these inputs, by the Java names in {@code dims}; empty if the lengths of arrays do not tell them. */
    static Optional<ExampleSizes> of(List<String> variables, Optional<String> batch, DimCode dims, List<Edge> inputs) {
        boolean split = variables.stream()
                .allMatch(v -> batch.filter(v::equals).isPresent()
                        || inputs.stream()
                                .anyMatch(
                                        e -> e.example().elements().variables().contains(v)));
        var sizes = new ExampleSizes(variables, batch, dims);
        boolean found = true;
        while (split && found && sizes.solved.size() < variables.size() - (batch.isPresent() ? 1 : 0)) {
            found = inputs.stream().anyMatch(sizes::solves);
        }
        return split && found ? Optional.of(sizes) : Optional.empty();
    }

    /** Takes one more dim from an input: its elements are a number times that dim and known ones. */
    private boolean solves(Edge input) {
        Dim elements = input.example().elements();
        Set<String> unknown = new LinkedHashSet<>(elements.variables());
        unknown.removeAll(solved.keySet());
        unknown.removeIf(TypedData::isLearned);
        if (unknown.size() != 1 || input.isNumber()) {
            return false;
        }
        String variable = unknown.iterator().next();
        boolean product = elements.terms().size() == 1
                && elements.terms().getFirst().factors().stream()
                        .allMatch(f -> f.atom() instanceof Dim.Variable(String name, var _)
                                && (!name.equals(variable) || f.power() == 1));
        if (product) {
            solved.put(variable, input);
        }
        return product;
    }

    /** Each free dim that an array tells, with that input. */
    Map<String, Edge> solved() {
        return solved;
    }

    /** How many elements of an input there are for each entry of the dim that it tells, as Java. */
    String perEntry(String variable, Edge input) {
        return dims.code(input.example().elements().substitute(Map.of(variable, Dim.ONE)));
    }

    /** The Java variable of a free dim. */
    String java(String variable) {
        return dims.parameter(variable);
    }

    /** A size as Java. */
    String code(Dim size) {
        return dims.code(size);
    }

    /** The arguments by which a program for one example is borrowed. */
    List<String> arguments() {
        var arguments = new ArrayList<String>();
        variables.forEach(v -> arguments.add(batch.filter(v::equals).isPresent() ? "1" : dims.parameter(v)));
        return arguments;
    }
}
