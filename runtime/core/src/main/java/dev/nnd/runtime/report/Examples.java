package dev.nnd.runtime.report;

import dev.nnd.runtime.data.FieldSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Keeps the examples that a model is most wrong about, with their pictures. */
final class Examples {
    private static final int MOST = 24;

    private final List<FieldSpec> fields;
    private final OptionalInt picture;
    private final List<Example> worst = new ArrayList<>();

    Examples(List<FieldSpec> fields) {
        this.fields = fields;
        this.picture = IntStream.range(0, fields.size())
                .filter(i -> Thumbnail.draws(fields.get(i)))
                .findFirst();
    }

    /** Whether an example of that weight would be among them. */
    boolean takes(double weight) {
        return !Double.isNaN(weight)
                && (worst.size() < MOST || weight > worst.getLast().weight());
    }

    /**
     * Takes an example.
     *
     * @param place its place in the batch
     * @param batch the memory of all fields
     */
    void add(int index, String truth, String said, double weight, int place, List<MemorySegment> batch) {
        String image = null;
        if (picture.isPresent()) {
            int field = picture.getAsInt();
            image = Thumbnail.address(fields.get(field), batch.get(field), place);
        }
        worst.add(new Example(index, truth, said, weight, image));
        worst.sort(Comparator.comparingDouble(Example::weight).reversed());
        if (worst.size() > MOST) {
            worst.removeLast();
        }
    }

    List<Example> worst() {
        return List.copyOf(worst);
    }
}
