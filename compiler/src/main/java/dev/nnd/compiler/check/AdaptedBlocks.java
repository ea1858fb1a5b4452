package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.type.Assumptions;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts adapters beside layers of checked blocks: a {@code Dense} becomes an {@code AdaptedDense} with the same weights. */
final class AdaptedBlocks {

    private static final String PLAIN = "Dense";
    private static final String ADAPTED = "AdaptedDense";

    private final Checking beside;
    private final FileScope.Found adapted;
    private final long rank;
    private final double alpha;
    private final Map<TypedBlock, Map<Set<String>, TypedBlock>> made = new IdentityHashMap<>();

    AdaptedBlocks(Checking c, long rank, double alpha) {
        this.beside = c.beside();
        this.adapted = c.library().find(ADAPTED).orElseThrow();
        this.rank = rank;
        this.alpha = alpha;
    }

    /** The paths of the layers that can have adapters. */
    static Set<String> adaptable(TypedBlock block) {
        var paths = new LinkedHashSet<String>();
        collect(block, "", paths);
        return paths;
    }

    private static void collect(TypedBlock block, String path, Set<String> into) {
        for (TypedBlock.Layer layer : block.layers()) {
            String inside = path + layer.name();
            if (layer.block().library() && name(layer.block()).equals(PLAIN)) {
                into.add(inside);
            } else {
                collect(layer.block(), inside + ".", into);
            }
        }
    }

    private static String name(TypedBlock block) {
        return block.declaration().name().name();
    }

    /** The path of a layer whose weight is read by itself, as a shared embedding's is: an adapter would not be in it. */
    static Optional<String> read(TypedBlock block, Set<String> layers) {
        for (TypedBlock.Binding binding : block.body()) {
            List<TypedExpr> values = switch (binding) {
                case TypedBlock.Binding.Value v -> List.of(v.value());
                case TypedBlock.Binding.Call c -> c.operands();
            };
            for (TypedExpr value : values) {
                Optional<String> found = read(value, layers);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        for (TypedBlock.Output output : block.outputs()) {
            Optional<String> found = read(output.value(), layers);
            if (found.isPresent()) {
                return found;
            }
        }
        return block.layers().stream()
                .flatMap(l -> read(l.block(), below(layers, l.name())).map(p -> l.name() + "." + p).stream())
                .findFirst();
    }

    private static Optional<String> read(TypedExpr value, Set<String> layers) {
        return switch (value) {
            case TypedExpr.LayerParam p when layers.contains(p.layer()) -> Optional.of(p.layer());
            case TypedExpr.Apply a ->
                a.operands().stream().flatMap(o -> read(o, layers).stream()).findFirst();
            case TypedExpr other -> Optional.empty();
        };
    }

    /** What of these paths lies in a layer, seen from inside. */
    private static Set<String> below(Set<String> paths, String layer) {
        return paths.stream()
                .filter(p -> p.startsWith(layer + "."))
                .map(p -> p.substring(layer.length() + 1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The block with adapters beside the layers at these paths. Uses that shared a block share one again. */
    TypedBlock adapt(TypedBlock block, Set<String> layers) {
        if (layers.isEmpty()) {
            return block;
        }
        Map<Set<String>, TypedBlock> known = made.computeIfAbsent(block, b -> new HashMap<>());
        TypedBlock before = known.get(layers);
        if (before == null) {
            before = inside(block, layers);
            known.put(layers, before);
        }
        return before;
    }

    private TypedBlock inside(TypedBlock block, Set<String> layers) {
        var changed = new ArrayList<TypedBlock.Layer>();
        for (TypedBlock.Layer layer : block.layers()) {
            changed.add(new TypedBlock.Layer(layer.name(), layer(layer.name(), layer.block(), layers), layer.span()));
        }
        var body = new ArrayList<TypedBlock.Binding>();
        for (TypedBlock.Binding binding : block.body()) {
            body.add(
                    switch (binding) {
                        case TypedBlock.Binding.Value v -> v;
                        case TypedBlock.Binding.Call c ->
                            new TypedBlock.Binding.Call(
                                    c.id(), c.layer(), layer(c.layer(), c.block(), layers), c.operands(), c.span());
                    });
        }
        return new TypedBlock(
                block.declaration(),
                block.library(),
                block.arguments(),
                block.inputs(),
                block.params(),
                changed,
                body,
                block.outputs(),
                block.requirements());
    }

    private TypedBlock layer(String name, TypedBlock block, Set<String> layers) {
        return layers.contains(name) ? dense(block) : adapt(block, below(layers, name));
    }

    private TypedBlock dense(TypedBlock block) {
        return made.computeIfAbsent(block, b -> new HashMap<>()).computeIfAbsent(Set.of(), _ -> instantiate(block));
    }

    private TypedBlock instantiate(TypedBlock block) {
        var arguments = new LinkedHashMap<String, Constant>();
        for (String name : List.of("out", "bias")) {
            Optional.ofNullable(block.arguments().get(name)).ifPresent(v -> arguments.put(name, v));
        }
        arguments.put("rank", new Constant.Int(Dim.of(rank)));
        arguments.put("alpha", new Constant.Float(alpha));
        var declaration = (Decl.Block) adapted.declaration();
        var use = new Val.BlockUse(declaration, adapted.home(), arguments);
        Stmt.Input input = Blocks.inputs(declaration).getFirst();
        Val.Tensor value = Signatures.input(
                input.name(), input.span(), block.inputs().getFirst().type());
        var actual = new Signatures.Actual(input.type(), value, input.span(), input.span());
        var env = new Env(
                adapted.home(), new Scope(null), new Body(declaration.span().file()), true);
        beside.assumptions(Assumptions.NONE);
        beside.dims().root(declaration);
        return beside.blocks()
                .instantiate(
                        use,
                        List.of(Optional.of(actual)),
                        new At(declaration.name().span(), env))
                .orElseThrow(() -> new IllegalStateException("no adapter fits " + block.inputs()))
                .block();
    }
}
