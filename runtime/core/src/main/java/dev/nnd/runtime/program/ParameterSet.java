package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.weights.Safetensors;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one model, in memory of their own that all programs of the model share. The first committed
 * program decides the layouts: then there is one slab of values, and on demand one of gradients and one for each
 * optimizer state, all with the same offsets. Padding in a slab is zero. A buffer has a value and nothing else. Files are in logical row-major order, so they
 * don't depend on a provider. Thread-safe, except that nobody may write values while a program runs.
 */
public final class ParameterSet implements AutoCloseable {

    /** The metadata key of the model's name in weights files. */
    static final String MODEL_KEY = "nnd.model";

    private final String model;
    private final Memory memory;
    private final List<Parameter> parameters = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Set<Tensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, MemorySegment> states = new LinkedHashMap<>();
    private final Map<String, FactoredSquares> factored = new LinkedHashMap<>();
    private final ParameterGroup whole = new ParameterGroup("all");
    /** Each group with its parameters. */
    private final Map<ParameterGroup, List<Parameter>> groups = new LinkedHashMap<>();

    /** What was learned from data, by name. */
    private final Map<String, Integer> sizes = new LinkedHashMap<>();

    private final WeightCopies copies = new WeightCopies();
    private WeightsSource source = new WeightsSource.Zeros();

    /** What adapters among the parameters belong to. */
    private final Adaptation adaptation = new Adaptation();

    private volatile boolean gradientsWanted;
    private volatile long version;
    private long slabElements;
    private @Nullable MemorySegment values;
    private @Nullable MemorySegment gradients;

    /** An empty set; {@code model} is the qualified model name, for messages and metadata. */
    public ParameterSet(String model) {
        this.model = model;
        this.memory = Memory.open("The weights of " + model);
    }

    /**
     * Notes a size that was learned from data, which dims of parameters depend on; files keep it.
     *
     * @throws IllegalArgumentException if it is not at least 1
     */
    public synchronized void size(String name, int size) {
        if (size < 1) {
            throw new IllegalArgumentException(name + " of " + model + " must be at least 1, got " + size);
        }
        sizes.put(name, size);
    }

    /** Makes a group of trained parameters; groups lie behind each other in the order in which they are made. */
    public synchronized ParameterGroup group(String name) {
        var group = new ParameterGroup(name);
        groups.put(group, new ArrayList<>());
        return group;
    }

    /** All trained parameters. */
    public ParameterGroup whole() {
        return whole;
    }

    /** Adds a parameter that no optimizer changes, so that it has no gradient: that of a model that only teaches. */
    public synchronized Parameter addFrozen(String name, Initializer init, boolean providerLayout, long... dims) {
        return add(new Parameter(name, init, false, providerLayout, dims));
    }

    /**
     * Adds a parameter of floats.
     *
     * @param providerLayout whether a provider's op may choose the order of its elements in memory
     */
    public synchronized Parameter add(String name, Initializer init, boolean providerLayout, long... dims) {
        return add(new Parameter(name, init, true, providerLayout, dims));
    }

    /** Adds a parameter of floats that is updated with the others of its group. */
    public synchronized Parameter add(
            ParameterGroup group, String name, Initializer init, boolean providerLayout, long... dims) {
        var members = groups.get(group);
        if (members == null) {
            throw new IllegalArgumentException("the group " + group + " is not one of " + model);
        }
        var parameter = add(new Parameter(name, init, true, providerLayout, dims));
        members.add(parameter);
        return parameter;
    }

    /**
     * Adds a buffer of floats in row-major order: it is saved and loaded with the parameters, but programs change it and no
     * optimizer does, so that it has no gradient.
     */
    public synchronized Parameter addBuffer(String name, Initializer init, long... dims) {
        return add(new Parameter(name, init, false, false, dims));
    }

    private Parameter add(Parameter parameter) {
        String name = parameter.name();
        if (values != null) {
            throw new IllegalStateException(name + " comes too late: the parameters of " + model + " are placed");
        }
        if (!names.add(name)) {
            throw new IllegalArgumentException("two parameters of " + model + " are named " + name);
        }
        parameters.add(parameter);
        tensors.add(parameter.value());
        return parameter;
    }

    /** In the order in which they were added, buffers among them. */
    public synchronized List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** Number of trainable scalars. */
    public synchronized long count() {
        return trained().stream().mapToLong(Parameter::elements).sum();
    }

    /** The trained parameters of groups, in the order in which they lie in memory; to be called once there is memory. */
    public synchronized List<Parameter> within(ParameterGroup... groups) {
        return trained().stream()
                .filter(p -> Arrays.stream(groups).anyMatch(g -> g.from() <= p.offset() && p.offset() < g.to()))
                .sorted(Comparator.comparingLong(Parameter::offset))
                .toList();
    }

    private List<Parameter> trained() {
        return parameters.stream().filter(Parameter::trained).toList();
    }

    /** Draws all values anew. Each parameter's depend on the seed and its name only. */
    public synchronized void initialize(long seed) {
        use(new WeightsSource.Seeded(seed));
    }

    /**
     * Takes all values from a safetensors file; with a file of adapters also those of the file that they belong to, and what
     * an adapter that is no parameter here adds to a weight is added to it.
     *
     * @throws NndException if the file can't be read, or its names and shapes are not those of this model
     */
    public synchronized void load(Path safetensors) {
        var file = Safetensors.open(safetensors);
        try {
            if (BaseWeights.isNotedIn(file)) {
                loadAdapters(file);
                return;
            }
            var loaded = new WeightsSource.Loaded(file, "");
            WeightShapes.requireSame(file, model, sizes);
            loaded.requireFit(model, parameters, List.of(""));
            use(loaded);
        } catch (RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    private void loadAdapters(Safetensors file) {
        WeightShapes.requireSame(file, model, sizes);
        use(adaptation.load(file, model, parameters));
    }

    /**
     * Takes the values of what is not trained from a file, which {@link #saveAdapters} then leaves out; to be called after
     * {@link #initialize} and before there is memory.
     *
     * @param alpha the strength of the adapters among the parameters, for those who read their file
     * @param moved buffers that training changes
     * @param mapping patterns of names in the file and what they are here, in order
     * @return what is noteworthy, a sentence each
     * @throws NndException if the file can't be read, or a name or a shape is not as expected
     */
    public synchronized List<String> adapt(
            Path safetensors, double alpha, Set<String> moved, Map<String, String> mapping) {
        if (values != null) {
            throw new IllegalStateException("the parameters of " + model + " have their values already");
        }
        var file = Safetensors.open(safetensors);
        try {
            var fit = adaptation.begin(file, alpha, moved, mapping, model, parameters);
            source = new WeightsSource.Overlaid(source, file, fit.names());
            return fit.notes();
        } catch (RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    /** True if what training changes are adapters, and weights beside them, over those of another file. */
    public synchronized boolean adapted() {
        return adaptation.begun();
    }

    /**
     * Writes what training changes, with a note of the file that the other values are from.
     *
     * @throws IllegalStateException if there is no such file
     */
    public synchronized void saveAdapters(Path safetensors) {
        var writer = writer(model);
        adaptation.noteIn(writer);
        for (var parameter : adaptation.own(parameters)) {
            writer.add(parameter.name(), parameter.dims(), out -> read(parameter, out));
        }
        writer.write(safetensors);
    }

    /**
     * Takes the values of some parameters from a file; to be called after {@link #initialize} and before there is memory.
     *
     * @param prefix what the names of the parameters begin with, but not those of the file
     * @param mapping turns names of the file into those of the parameters without the prefix
     * @param whole whether the file must have all of these parameters; else all of a layer may be missing
     * @return what is noteworthy, a sentence each: layers that the file has nothing of, or that only the file has
     * @throws NndException if the file can't be read, or a name or a shape is not as expected
     */
    public synchronized List<String> loadPart(Path safetensors, String prefix, WeightMapping mapping, boolean whole) {
        if (values != null) {
            throw new IllegalStateException("the parameters of " + model + " have their values already");
        }
        var file = Safetensors.open(safetensors);
        try {
            var wanted =
                    parameters.stream().filter(p -> p.name().startsWith(prefix)).toList();
            var fit = new PartialFit(file, model, prefix, wanted, mapping, whole);
            var notes = fit.check();
            source = new WeightsSource.Overlaid(source, file, fit.names());
            return notes;
        } catch (RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    /** A parameter's value in another layout, beside its home; the same for all who ask for the same. */
    synchronized Tensor copy(Tensor weight, Layout layout) {
        var copy = copies.of(weight, layout);
        if (values != null) {
            copies.place(memory);
        }
        return copy;
    }

    /** True for the value of one of the parameters. */
    synchronized boolean holds(Tensor tensor) {
        return tensors.contains(tensor);
    }

    /** Changes whenever values are loaded, drawn or written; -1 once they are trained, since each step changes them. */
    long version() {
        return gradientsWanted ? -1 : version;
    }

    /** Keeps a source until there is memory; from then on values live in the slab. */
    private void use(WeightsSource next) {
        memory.requireOpen();
        version++;
        if (values != null) {
            Slab.fill(parameters, values, next);
            next.close();
            copies.renew();
            return;
        }
        source.close();
        source = next;
    }

    /** Writes all values as a safetensors file with the model's name. */
    public synchronized void save(Path safetensors) {
        var writer = writer(model);
        for (var parameter : parameters) {
            writer.add(parameter.name(), parameter.dims(), out -> read(parameter, out));
        }
        writer.write(safetensors);
    }

    /** Writes the values of the parameters whose names begin with {@code prefix}, under their names without it. */
    public synchronized void save(Path safetensors, String prefix) {
        var writer = writer(model + "." + prefix.replaceAll("\\.$", ""));
        for (var parameter : parameters) {
            if (parameter.name().startsWith(prefix)) {
                writer.add(parameter.name().substring(prefix.length()), parameter.dims(), out -> read(parameter, out));
            }
        }
        writer.write(safetensors);
    }

    private SafetensorsWriter writer(String owner) {
        var writer = new SafetensorsWriter().metadata(MODEL_KEY, owner);
        sizes.forEach((name, size) -> writer.metadata(WeightShapes.SIZE_KEY + name, Integer.toString(size)));
        return writer;
    }

    /** Writes optimizer states as a safetensors file: tensor {@code m/conv.weight} is state m of conv.weight. */
    public synchronized void saveState(Path safetensors, List<String> stateNames) {
        var writer = new SafetensorsWriter().metadata(MODEL_KEY, model);
        new StateFile(this, trained(), stateNames).addTo(writer);
        writer.write(safetensors);
    }

    /** Reads what {@link #saveState} has written. */
    public synchronized void loadState(Path safetensors, List<String> stateNames) {
        try (var file = Safetensors.open(safetensors)) {
            new StateFile(this, trained(), stateNames).read(file, model);
        }
    }

    /** Copies a parameter's values in row-major order into native floats. */
    public synchronized void read(Parameter parameter, MemorySegment out) {
        memory.requireOpen();
        if (values == null) {
            source.fill(parameter, out);
        } else {
            parameter.value().layout().toRowMajor(Slab.part(values, parameter), out);
        }
    }

    /** Replaces a parameter's values by row-major native floats. Only once there is memory. */
    public synchronized void write(Parameter parameter, MemorySegment from) {
        version++;
        parameter.value().layout().fromRowMajor(from, Slab.part(values(), parameter));
        copies.renew();
    }

    /** Makes room for gradients; before the first training program is bound. */
    public synchronized void enableGradients() {
        if (!copies.isEmpty()
                || parameters.stream()
                        .anyMatch(
                                p -> p.value().decided() && !p.value().layout().exact())) {
            throw new IllegalStateException("the parameters of " + model
                    + " were rounded for predictions; enable gradients before a program is bound");
        }
        gradientsWanted = true;
        if (values != null && gradients == null) {
            placeGradients();
        }
    }

    synchronized boolean gradientsEnabled() {
        return gradientsWanted;
    }

    /** Fixes all layouts and gives the parameters their memory; does nothing if they have it. */
    synchronized void place() {
        if (values != null) {
            return;
        }
        memory.requireOpen();
        // Buffers come last: what the optimizer goes over ends before them.
        slabElements = Slab.offsets(inGroups(), 0);
        whole.place(0, slabElements);
        groups.forEach((group, members) -> group.place(
                members.isEmpty() ? 0 : members.getFirst().offset(),
                members.isEmpty() ? 0 : Slab.end(members.getLast())));
        long end = Slab.offsets(parameters.stream().filter(p -> !p.trained()).toList(), slabElements);
        var slab = memory.allocate(end * Float.BYTES);
        values = slab;
        parameters.forEach(parameter -> parameter.value().place(Slab.part(slab, parameter)));
        Slab.fill(parameters, slab, source);
        source.close();
        source = new WeightsSource.Zeros();
        copies.place(memory);
        if (gradientsWanted) {
            placeGradients();
        }
    }

    /** The trained parameters: those without a group, then group after group. */
    private List<Parameter> inGroups() {
        var grouped = new ArrayList<Parameter>();
        groups.values().forEach(grouped::addAll);
        var all = new ArrayList<>(trained());
        all.removeAll(new HashSet<>(grouped));
        all.addAll(grouped);
        return all;
    }

    private void placeGradients() {
        var slab = memory.allocate(slabElements * Float.BYTES);
        gradients = slab;
        trained().forEach(parameter -> parameter.gradient().place(Slab.part(slab, parameter)));
    }

    /**
     * All values, in home layouts, with gaps of zeros up to the next multiple of 64 bytes: first those of parameters, {@link
     * #slabElements} of them, then those of buffers.
     */
    public synchronized MemorySegment values() {
        return placed(values, "values");
    }

    /** All gradients, at the offsets of the parameters' values. */
    public synchronized MemorySegment gradients() {
        return placed(gradients, "gradients");
    }

    /** An optimizer state, at the offsets of the values; zero at first. */
    public synchronized MemorySegment state(String name) {
        placed(values, name);
        MemorySegment known = states.get(name);
        if (known == null) {
            known = memory.allocate(slabElements * Float.BYTES);
            states.put(name, known);
        }
        return known;
    }

    /** Mean squares of rows and columns, zero at first; the names of such states begin with {@code factored.}. */
    public synchronized FactoredSquares factored(String name) {
        placed(values, name);
        return factored.computeIfAbsent(name, _ -> new FactoredSquares(memory, trained()));
    }

    /** Floats in each slab; in that of the values, those of buffers follow. */
    public synchronized long slabElements() {
        placed(values, "slab");
        return slabElements;
    }

    private MemorySegment placed(@Nullable MemorySegment slab, String what) {
        memory.requireOpen();
        if (slab == null) {
            throw new IllegalStateException("the parameters of " + model + " have no " + what
                    + " yet: commit a program first, and enable gradients if they are wanted");
        }
        return slab;
    }

    /** Has something done before the memory is freed. */
    public void beforeClose(Runnable action) {
        memory.beforeClose(action);
    }

    /** Frees all memory. Close the programs that use it first. */
    @Override
    public synchronized void close() {
        source.close();
        source = new WeightsSource.Zeros();
        for (var parameter : parameters) {
            parameter.value().place(null);
            parameter.gradient().place(null);
        }
        memory.close();
    }
}
