package dev.nnd.compiler.check;

import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The body of a block or a train section while it is built: bindings, weights, instances and their names. */
final class Body {

    private final SourceFile file;
    private final List<TypedBlock.Binding> bindings = new ArrayList<>();
    private final Map<String, TypedBlock.Param> params = new LinkedHashMap<>();
    private final Map<String, TypedBlock.Layer> layers = new LinkedHashMap<>();
    private final Map<String, Span> layerSites = new HashMap<>();
    private final List<TypedBlock.Output> outputs = new ArrayList<>();
    private final List<Optional<String>> derivations = new ArrayList<>();
    private final Map<Integer, String> siteWords = new HashMap<>();
    private final Map<String, Integer> wordUses = new HashMap<>();
    private final Deque<Long> indices = new ArrayDeque<>();
    private final Map<DimCondition, Requirement> requirements = new LinkedHashMap<>();
    private final List<Budgets.Deferred> budgets = new ArrayList<>();
    private int next;

    Body(SourceFile file) {
        this.file = file;
    }

    SourceFile file() {
        return file;
    }

    /** Binds a value so that it can be used more than once; what is a reference already stays as it is. */
    TypedExpr share(Optional<String> name, TypedExpr value) {
        return switch (value) {
            case TypedExpr.Apply a -> bind(name, a);
            case TypedExpr.CallOutput c -> name.isPresent() ? bind(name, c) : c;
            case TypedExpr.Input i -> i;
            case TypedExpr.Param p -> p;
            case TypedExpr.LayerParam p -> p;
            case TypedExpr.Local l -> l;
            case TypedExpr.Number n -> n;
            case TypedExpr.Setting s -> s;
        };
    }

    private TypedExpr bind(Optional<String> name, TypedExpr value) {
        bindings.add(new TypedBlock.Binding.Value(next, name, value));
        return new TypedExpr.Local(next++, value.type(), value.span());
    }

    /** Adds a call of a layer and gives its outputs. */
    List<TypedExpr> call(String layer, TypedBlock block, List<TypedExpr> operands, Span span) {
        int id = next++;
        bindings.add(new TypedBlock.Binding.Call(id, layer, block, operands, span));
        var results = new ArrayList<TypedExpr>();
        for (int i = 0; i < block.outputs().size(); i++) {
            results.add(new TypedExpr.CallOutput(id, i, block.outputs().get(i).type(), span));
        }
        return results;
    }

    /** Adds an instance; the first block stays the layer's. */
    void layer(String name, TypedBlock block, Span span) {
        layers.putIfAbsent(name, new TypedBlock.Layer(name, block, span));
    }

    Optional<TypedBlock.Layer> layer(String name) {
        return Optional.ofNullable(layers.get(name));
    }

    void param(TypedBlock.Param param) {
        params.put(param.name(), param);
    }

    void output(TypedBlock.Output output, Optional<String> derivation) {
        outputs.add(output);
        derivations.add(derivation);
    }

    /** Where an instance or weight of that name was made first, if there is one made elsewhere. */
    Optional<Span> taken(String name, Span site) {
        Span first = layerSites.putIfAbsent(name, site);
        return Optional.ofNullable(first).filter(s -> s.start() != site.start());
    }

    /** The word for an unnamed instance made at a place: {@code conv2d}, then {@code conv2d_2}. */
    String word(String base, Span site) {
        String known = siteWords.get(site.start());
        if (known != null) {
            return known;
        }
        String word = base;
        wordUses.putIfAbsent(base, 1);
        while (layerSites.containsKey(word)) {
            word = base + "_" + wordUses.merge(base, 1, (a, b) -> a + 1);
        }
        layerSites.put(word, site);
        siteWords.put(site.start(), word);
        return word;
    }

    /** The name with the indices of the loops around it: {@code layer.3}. */
    String indexed(String word) {
        return indices.isEmpty()
                ? word
                : word + indices.reversed().stream().map(i -> "." + i).collect(Collectors.joining());
    }

    void enter(long index) {
        indices.push(index);
    }

    void leave() {
        indices.pop();
    }

    /** The binding of that id: ids count from 0 in the order of the body. */
    TypedBlock.Binding binding(int id) {
        return bindings.get(id);
    }

    List<TypedBlock.Binding> bindings() {
        return List.copyOf(bindings);
    }

    List<TypedBlock.Param> params() {
        return List.copyOf(params.values());
    }

    List<TypedBlock.Layer> layers() {
        return List.copyOf(layers.values());
    }

    List<TypedBlock.Output> outputs() {
        return List.copyOf(outputs);
    }

    /** Adds what every call has to fulfil; the first who states it is remembered. */
    void require(Requirement requirement) {
        requirements.putIfAbsent(requirement.condition(), requirement);
    }

    List<Requirement> requirements() {
        return List.copyOf(requirements.values());
    }

    /** Keeps a budget until the body is complete. */
    void defer(Budgets.Deferred budget) {
        budgets.add(budget);
    }

    List<Budgets.Deferred> budgets() {
        return budgets;
    }

    /** How each output's dims came about. */
    List<Optional<String>> derivations() {
        return List.copyOf(derivations);
    }
}
