package dev.nnd.compiler.cli;

import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.data.Learned;
import dev.nnd.runtime.data.Row;
import dev.nnd.runtime.data.SourceSpec;
import dev.nnd.runtime.data.SplitSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A data section reduced to what a model reads: the fields that it is fed with, from one file. Labels, and the columns
 * that only they need, may be absent in that file.
 *
 * @param section the whole data section, with what it learned
 * @param indices the fields' places in the section
 * @param source the file
 */
record InputView(Dataset section, List<Integer> indices, SourceSpec source) implements Dataset {

    @Override
    public String name() {
        return section.name();
    }

    @Override
    public List<SourceSpec> sources() {
        return List.of(source);
    }

    @Override
    public List<SplitSpec> splits() {
        return List.of();
    }

    @Override
    public List<FieldSpec> fields() {
        return indices.stream().map(section.fields()::get).toList();
    }

    @Override
    public void encode(int field, Row row, MemorySegment out, long at) {
        section.encode(indices.get(field), row, out, at);
    }

    @Override
    public List<Learned> learned() {
        return List.of();
    }

    @Override
    public void observe(int learned, Row row) {
        throw new IllegalStateException("nothing is learned from " + source.name());
    }
}
