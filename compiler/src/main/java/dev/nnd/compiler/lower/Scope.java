package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One instance of a body that is being inlined: what its names stand for, and where its nodes come from. */
final class Scope {

    private static final int LONGEST_TEXT = 80;
    /** The name of an output that was given none. */
    private static final String ANONYMOUS = "output";

    private final SourceFile file;
    private final String instance;
    private final Map<String, String> layerPrefixes;
    private final Map<String, Value> inputs;
    private final Map<Integer, List<Value>> bound;
    private final Map<Integer, String> resultNames = new HashMap<>();
    private final @Nullable Origin library;
    private final @Nullable Origin enclosing;
    private final @Nullable String name;

    private Scope(
            SourceFile file,
            String instance,
            Map<String, String> layerPrefixes,
            Map<String, Value> inputs,
            Map<Integer, List<Value>> bound,
            @Nullable Origin library,
            @Nullable Origin enclosing,
            @Nullable String name) {
        this.file = file;
        this.instance = instance;
        this.layerPrefixes = layerPrefixes;
        this.inputs = inputs;
        this.bound = bound;
        this.library = library;
        this.enclosing = enclosing;
        this.name = name;
    }

    /** The body of a train section. */
    static Scope train(TypedTrain train, Map<String, Value> fields, Map<String, String> prefixes) {
        SourceFile file = train.declaration().span().file();
        return new Scope(file, "", prefixes, fields, new HashMap<>(), null, null, null);
    }

    /**
     * The body of a block.
     *
     * @param instance its path, empty for a model
     * @param inputs the values of its inputs by name
     * @param library for a block of the library: where the user's file uses it
     */
    static Scope block(TypedBlock block, String instance, Map<String, Value> inputs, @Nullable Origin library) {
        SourceFile file = block.declaration().span().file();
        return new Scope(file, instance, Map.of(), inputs, new HashMap<>(), library, null, null);
    }

    /** True for the body of a train section. */
    boolean isTrain() {
        return !layerPrefixes.isEmpty();
    }

    /** The same, for the expression of a value of that name. */
    Scope named(@Nullable String valueName) {
        return new Scope(file, instance, layerPrefixes, inputs, bound, library, enclosing, valueName);
    }

    /** The same, for the operands of an expression. */
    Scope inside(Span span) {
        return new Scope(file, instance, layerPrefixes, inputs, bound, library, origin(span), null);
    }

    /** The binding is the body's only output, and the instance has that name. */
    void nameResult(int id, String instanceName) {
        resultNames.put(id, instanceName);
    }

    /**
     * What a binding's value is called: as in the file, but the result of a library block, or one without a name, after
     * the instance.
     */
    @Nullable
    String bindingName(TypedBlock.Binding.Value binding) {
        String result = resultNames.get(binding.id());
        boolean own = library == null && !binding.name().orElse(ANONYMOUS).equals(ANONYMOUS);
        return result == null || own ? binding.name().orElse(null) : result;
    }

    /** What the value of the expression is called, if it has a name of its own. */
    @Nullable
    String name() {
        return name;
    }

    /**
     * Where a node of an expression comes from: the expression, if it stands in this body's file; else, for a body of
     * the library or an expression of a function that is declared elsewhere, where the user's file uses it.
     */
    Origin origin(Span span) {
        if (library != null) {
            return new Origin(library.span(), instance, library.text());
        }
        return enclosing != null && !span.file().equals(file) ? enclosing : new Origin(span, instance, text(span));
    }

    /** The same for a call of a layer. */
    Origin callOrigin(Span span, String layerInstance) {
        Origin origin = origin(span);
        return new Origin(origin.span(), layerInstance, origin.text());
    }

    /** A layer's path. */
    String path(String layer) {
        String prefix = layerPrefixes.get(layer);
        if (prefix != null) {
            return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
        }
        return instance.isEmpty() ? layer : instance + "." + layer;
    }

    /** A parameter's path: {@code layer} is null for one of this body. */
    String parameterPath(@Nullable String layer, String parameter) {
        String owner = layer == null ? instance : path(layer);
        return owner.isEmpty() ? parameter : owner + "." + parameter;
    }

    Value input(String inputName) {
        Value value = inputs.get(inputName);
        if (value == null) {
            throw new IllegalStateException("no input " + inputName + " in " + file.name());
        }
        return value;
    }

    void bind(int id, List<Value> values) {
        bound.put(id, values);
    }

    Value bound(int id, int index) {
        List<Value> values = bound.get(id);
        if (values == null) {
            throw new IllegalStateException("binding " + id + " is used before it is made in " + file.name());
        }
        return values.get(index);
    }

    /** What was written, on one line. */
    private static String text(Span span) {
        String text = span.text().strip().replaceAll("\\s+", " ");
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 3) + "...";
    }
}
