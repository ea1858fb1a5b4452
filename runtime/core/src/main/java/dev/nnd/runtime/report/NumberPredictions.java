package dev.nnd.runtime.report;

import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Numbers: what is said over what is true, and how the errors lie. */
public final class NumberPredictions implements Predictions {
    private static final int POINTS = 1000;
    private static final int BINS = 30;

    private final String split;
    private final FieldSpec target;
    private final Examples examples;
    private final List<double[]> points = new ArrayList<>();
    private long pairs;
    private int count;

    /**
     * @param target the field that the model is to come near to
     * @param fields all fields of an example
     */
    public NumberPredictions(String split, FieldSpec target, List<FieldSpec> fields) {
        this.split = split;
        this.target = target;
        this.examples = new Examples(fields);
    }

    /** Whether a field is of the numbers that can be drawn. */
    public static boolean draws(FieldSpec target) {
        return target.type() == ElementType.F32;
    }

    @Override
    public String split() {
        return split;
    }

    @Override
    public void add(Tensor outputs, Tensor targets, List<MemorySegment> batch) {
        long each = target.elements();
        long n = targets.elements() / each;
        for (int i = 0; i < n; i++) {
            double squares = 0;
            for (long k = 0; k < each; k++) {
                double said = outputs.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i * each + k);
                double truth = targets.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i * each + k);
                squares += (said - truth) * (said - truth);
                pair(truth, said);
            }
            double error = Math.sqrt(squares / each);
            if (examples.takes(error)) {
                examples.add(count, shown(targets, i), shown(outputs, i), error, i, batch);
            }
            count++;
        }
    }

    private String shown(Tensor tensor, long example) {
        long each = target.elements();
        var text = new StringBuilder();
        for (long k = 0; k < Math.min(each, 4); k++) {
            text.append(k == 0 ? "" : ", ")
                    .append(Axis.text(tensor.segment().getAtIndex(ValueLayout.JAVA_FLOAT, example * each + k)));
        }
        return text + (each > 4 ? ", ..." : "");
    }

    /** Keeps a sample that is spread evenly: when it is full, every second pair goes, and from then on every second is taken. */
    private void pair(double truth, double said) {
        long every = 1L << thinned;
        if (pairs++ % every == 0) {
            points.add(new double[] {truth, said});
            if (points.size() > POINTS) {
                for (int i = points.size() - 1; i > 0; i -= 2) {
                    points.remove(i - (points.size() % 2 == 0 ? 0 : 1));
                }
                thinned++;
            }
        }
    }

    private int thinned;

    @Override
    public String html(ShownExamples shown) {
        var x = points.stream().mapToDouble(p -> p[0]).toArray();
        var y = points.stream().mapToDouble(p -> p[1]).toArray();
        var errors = points.stream()
                .mapToDouble(p -> p[1] - p[0])
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        var page = new Markup();
        page.raw("<h2>Predictions on %s</h2><div class=\"plots\">", Markup.escaped(split));
        page.raw("<figure>")
                .raw(SvgPlot.points(target.name() + ": predicted over true", "true", new Series("", x, y)))
                .raw("</figure>");
        if (errors.length > 0) {
            double low = errors[0];
            double high = errors[errors.length - 1];
            var counts = new long[BINS];
            for (double e : errors) {
                counts[high > low ? (int) Math.min(BINS - 1, (e - low) / (high - low) * BINS) : 0]++;
            }
            page.raw("<figure>")
                    .raw(SvgPlot.bars("errors", "predicted - true", low, high, counts))
                    .raw("</figure>");
        }
        page.raw("</div>").raw(ExampleCards.html(split, "The largest errors", "error", examples.worst(), shown));
        return page.toString();
    }
}
