package dev.nnd.runtime.train;

import dev.nnd.runtime.data.Dataset;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Programs bound to the batch sizes that a run meets: the full batch, and the rest at the end of a pass. */
final class Bound<P extends BatchProgram> implements AutoCloseable {
    private final IntFunction<P> factory;
    private final Dataset dataset;
    private final List<Entry<P>> entries = new ArrayList<>();

    Bound(IntFunction<P> factory, Dataset dataset) {
        this.factory = factory;
        this.dataset = dataset;
    }

    /** A program with the memory of its inputs. */
    record Entry<P>(P program, List<MemorySegment> inputs, int batch) {

        /** Takes the batch that another program of that size has. */
        void copyInputs(Entry<?> from) {
            for (int i = 0; i < inputs.size(); i++) {
                inputs.get(i).copyFrom(from.inputs.get(i));
            }
        }
    }

    /** The program for {@code n} examples. */
    Entry<P> of(int n) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).batch == n) {
                return entries.get(i);
            }
        }
        var program = factory.apply(n);
        var entry = new Entry<>(program, inputs(program, n), n);
        entries.add(entry);
        return entry;
    }

    private List<MemorySegment> inputs(P program, int n) {
        var fields = dataset.fields();
        var tensors = program.fields();
        if (tensors.size() != fields.size() || program.batch() != n) {
            throw new IllegalStateException("a program of batch " + program.batch() + " and " + tensors.size()
                    + " inputs, asked for " + n + " and " + fields.size());
        }
        var segments = new ArrayList<MemorySegment>();
        for (int f = 0; f < fields.size(); f++) {
            var tensor = tensors.get(f);
            if (tensor.type() != fields.get(f).type()
                    || tensor.elements() != n * fields.get(f).elements()) {
                throw new IllegalStateException(tensor + " can't hold " + n + " of " + fields.get(f));
            }
            segments.add(tensor.segment());
        }
        return segments;
    }

    @Override
    public void close() {
        entries.forEach(entry -> entry.program.close());
        entries.clear();
    }
}
