package dev.nnd.runtime.report;

import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the fields of the examples that are trained on look like, from a sample of them. */
public final class DataProfile {
    private static final int PICTURES = 12;

    private final List<FieldSpec> fields;
    private final List<String> notes;
    private final List<Numbers> numbers = new ArrayList<>();
    private final List<String> pictures = new ArrayList<>();
    private long examples;

    /**
     * Of the fields of an example.
     *
     * @param notes what else to tell of the data, such as rows that were left out
     */
    public DataProfile(List<FieldSpec> fields, List<String> notes) {
        this.fields = List.copyOf(fields);
        this.notes = List.copyOf(notes);
        fields.forEach(f -> numbers.add(new Numbers(f)));
    }

    /** Adds the examples of a batch; the memory is that of all fields. */
    public void add(List<MemorySegment> batch, int count) {
        for (int f = 0; f < fields.size(); f++) {
            for (long i = 0; i < count * fields.get(f).elements(); i++) {
                numbers.get(f).add(value(fields.get(f).type(), batch.get(f), i));
            }
            for (int e = 0; e < count && Thumbnail.draws(fields.get(f)) && pictures.size() < PICTURES; e++) {
                pictures.add(Thumbnail.address(fields.get(f), batch.get(f), e));
            }
        }
        examples += count;
    }

    private static double value(ElementType type, MemorySegment memory, long i) {
        return switch (type) {
            case F32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            case F64 -> memory.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
            case I32 -> memory.getAtIndex(ValueLayout.JAVA_INT, i);
            case I64 -> memory.getAtIndex(ValueLayout.JAVA_LONG, i);
            case BF16 -> Float.intBitsToFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
            case U8, BOOL -> memory.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
        };
    }

    /** One field's numbers, over all examples and elements. */
    private static final class Numbers {
        private final FieldSpec field;
        private final long[] classes;
        private long count;
        private long zeros;
        private double sum;
        private double squares;
        private double low = Double.POSITIVE_INFINITY;
        private double high = Double.NEGATIVE_INFINITY;

        Numbers(FieldSpec field) {
            this.field = field;
            this.classes =
                    new long[field.labelNames() == null ? 0 : field.labelNames().size()];
        }

        void add(double v) {
            count++;
            zeros += v == 0 ? 1 : 0;
            sum += v;
            squares += v * v;
            low = Math.min(low, v);
            high = Math.max(high, v);
            if (classes.length > 0 && v >= 0 && v < classes.length) {
                classes[(int) v]++;
            }
        }

        void row(Markup page) {
            double mean = sum / count;
            double deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
            page.raw("<tr><td>").text(field.toString()).raw("</td>");
            for (double v : new double[] {low, high, mean, deviation}) {
                page.raw("<td>%s</td>", count == 0 ? "" : Axis.text(v));
            }
            page.raw("<td>%.1f%%</td></tr>", count == 0 ? 0 : 100.0 * zeros / count);
        }

        void classes(Markup page) {
            var names = field.labelNames();
            if (names == null || classes.length > 50) {
                return;
            }
            long most = Arrays.stream(classes).max().orElse(1);
            page.raw("<h3>").text("classes of " + field.name()).raw("</h3><table class=\"bars\">");
            for (int c = 0; c < classes.length; c++) {
                page.raw("<tr><td>").text(names.get(c));
                page.raw(
                        "</td><td class=\"bar\"><div style=\"width:%.1f%%\"></div></td><td>%d</td><td>%.1f%%</td></tr>",
                        100.0 * classes[c] / Math.max(1, most), classes[c], 100.0 * classes[c] / Math.max(1, count));
            }
            page.raw("</table>");
        }
    }

    String html() {
        var page = new Markup();
        page.raw("<p>The first %d examples of train, as the model gets them.</p>", examples);
        notes.forEach(note -> page.raw("<p>").text(note).raw("</p>"));
        page.raw(
                "<table><tr><th>field</th><th>smallest</th><th>largest</th><th>mean</th><th>deviation</th><th>zeros</th></tr>");
        numbers.forEach(n -> n.row(page));
        page.raw("</table>");
        numbers.forEach(n -> n.classes(page));
        if (!pictures.isEmpty()) {
            page.raw("<div class=\"cards\">");
            pictures.forEach(p -> page.raw("<div class=\"card\"><img src=\"%s\" alt=\"\"></div>", p));
            page.raw("</div>");
        }
        return page.toString();
    }
}
