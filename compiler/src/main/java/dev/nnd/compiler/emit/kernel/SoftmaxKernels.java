package dev.nnd.compiler.emit.kernel;

import java.util.List;

/**
 * Softmax, its logarithm, and the cross-entropy of both passes: loops over [ROWS, COLUMNS]. All subtract the row's maximum
 * first, so that no exponential overflows. The lists hold the Java variables of the addresses of operands, then of results.
 */
final class SoftmaxKernels {

    /** The exponential of a vector, in a loop's body. */
    private static final String POWERS =
            VectorFunctions.exp("shifted", "powers").indent(4).stripTrailing();

    private SoftmaxKernels() {}

    /** (x) -> y = exp(x - max) / sum. */
    static KernelLoops softmax(List<String> p) {
        String x = p.get(0);
        String y = p.get(1);
        return new KernelLoops(
                rows(scalarMaximum(x) + scalarExponentials(x, y) + """
                        for (long j = 0; j < columns; j++) {
                            long at = %1$s + 4 * (row + j);
                            MEMORY.set(JAVA_FLOAT, at, MEMORY.get(JAVA_FLOAT, at) / sum);
                        }
                        """.formatted(y)),
                rows(vectorMaximum(x) + vectorExponentials(x, y) + vectorScale(y)));
    }

    /** (x) -> y = x - max - log(sum). */
    static KernelLoops logSoftmax(List<String> p) {
        String x = p.get(0);
        String y = p.get(1);
        String shift = "float shift = largest + Floats.log(sum);\n";
        return new KernelLoops(
                rows(scalarMaximum(x) + scalarSum(x) + shift + """
                        for (long j = 0; j < columns; j++) {
                            float value = MEMORY.get(JAVA_FLOAT, %1$s + 4 * (row + j));
                            MEMORY.set(JAVA_FLOAT, %2$s + 4 * (row + j), value - shift);
                        }
                        """.formatted(x, y)),
                rows(vectorMaximum(x) + vectorSum(x) + shift + """
                        j = 0;
                        for (; j <= columns - LANES; j += LANES) {
                            FloatVector.fromMemorySegment(SPECIES, MEMORY, %1$s + 4 * (row + j), ORDER)
                                    .sub(shift)
                                    .intoMemorySegment(MEMORY, %2$s + 4 * (row + j), ORDER);
                        }
                        for (; j < columns; j++) {
                            float value = MEMORY.get(JAVA_FLOAT, %1$s + 4 * (row + j));
                            MEMORY.set(JAVA_FLOAT, %2$s + 4 * (row + j), value - shift);
                        }
                        """.formatted(x, y)));
    }

    /** (logits, labels) -> loss = log(sum) + max - logits[label], probabilities = softmax(logits). */
    static KernelLoops crossEntropy(List<String> p) {
        String logits = p.get(0);
        String probabilities = p.get(3);
        // Read first: the probabilities may take the place of the logits.
        String logit = """
                long hit = row + Indices.check(MEMORY.get(JAVA_INT, %2$s + 4 * i), columns, place);
                float logit = MEMORY.get(JAVA_FLOAT, %1$s + 4 * hit);
                """.formatted(logits, p.get(1));
        String loss = "MEMORY.set(JAVA_FLOAT, %s + 4 * i, largest + Floats.log(sum) - logit);\n".formatted(p.get(2));
        return new KernelLoops(
                rows(logit
                        + scalarMaximum(logits)
                        + scalarExponentials(logits, probabilities)
                        + loss
                        + """
                        for (long j = 0; j < columns; j++) {
                            long at = %1$s + 4 * (row + j);
                            MEMORY.set(JAVA_FLOAT, at, MEMORY.get(JAVA_FLOAT, at) / sum);
                        }
                        """.formatted(probabilities)),
                rows(logit
                        + vectorMaximum(logits)
                        + vectorExponentials(logits, probabilities)
                        + loss
                        + vectorScale(probabilities)));
    }

    /** (probabilities, labels, dLoss) -> dLogits = (probabilities - onehot(label)) * dLoss. */
    static KernelLoops crossEntropyBackward(List<String> p) {
        String scale = "float scale = MEMORY.get(JAVA_FLOAT, " + p.get(2) + " + 4 * i);\n";
        String tail = """
                    float value = MEMORY.get(JAVA_FLOAT, %1$s + 4 * (row + j));
                    MEMORY.set(JAVA_FLOAT, %2$s + 4 * (row + j), value * scale);
                }
                long hit = row + Indices.check(MEMORY.get(JAVA_INT, %3$s + 4 * i), columns, place);
                MEMORY.set(JAVA_FLOAT, %2$s + 4 * hit, MEMORY.get(JAVA_FLOAT, %2$s + 4 * hit) - scale);
                """.formatted(p.get(0), p.get(3), p.get(1));
        return new KernelLoops(
                rows(scale + "for (long j = 0; j < columns; j++) {\n" + tail),
                rows(scale + """
                        long j = 0;
                        for (; j <= columns - LANES; j += LANES) {
                            FloatVector.fromMemorySegment(SPECIES, MEMORY, %1$s + 4 * (row + j), ORDER)
                                    .mul(scale)
                                    .intoMemorySegment(MEMORY, %2$s + 4 * (row + j), ORDER);
                        }
                        for (; j < columns; j++) {
                        """.formatted(p.get(0), p.get(3)) + tail));
    }

    private static String rows(String body) {
        String inner = "long row = i * columns;\n" + body;
        return Accumulation.spared("for (long i = from; i < to; i++) {\n" + inner.indent(4) + "}\n");
    }

    private static String scalarMaximum(String x) {
        return """
                float largest = Float.NEGATIVE_INFINITY;
                for (long j = 0; j < columns; j++) {
                    largest = Math.max(largest, MEMORY.get(JAVA_FLOAT, %s + 4 * (row + j)));
                }
                """.formatted(x);
    }

    private static String scalarSum(String x) {
        return """
                float sum = 0f;
                for (long j = 0; j < columns; j++) {
                    sum += Floats.exp(MEMORY.get(JAVA_FLOAT, %s + 4 * (row + j)) - largest);
                }
                """.formatted(x);
    }

    private static String scalarExponentials(String x, String y) {
        return """
                float sum = 0f;
                for (long j = 0; j < columns; j++) {
                    float power = Floats.exp(MEMORY.get(JAVA_FLOAT, %1$s + 4 * (row + j)) - largest);
                    MEMORY.set(JAVA_FLOAT, %2$s + 4 * (row + j), power);
                    sum += power;
                }
                """.formatted(x, y);
    }

    private static String vectorMaximum(String x) {
        return """
                FloatVector maxima = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
                long j = 0;
                for (; j <= columns - LANES; j += LANES) {
                    maxima = FloatVector.fromMemorySegment(SPECIES, MEMORY, %1$s + 4 * (row + j), ORDER).max(maxima);
                }
                float largest = maxima.reduceLanes(VectorOperators.MAX);
                for (; j < columns; j++) {
                    largest = Math.max(largest, MEMORY.get(JAVA_FLOAT, %1$s + 4 * (row + j)));
                }
                """.formatted(x);
    }

    private static String vectorSum(String x) {
        return """
                FloatVector sums = FloatVector.zero(SPECIES);
                j = 0;
                for (; j <= columns - LANES; j += LANES) {
                    FloatVector shifted = FloatVector.fromMemorySegment(SPECIES, MEMORY, %1$s + 4 * (row + j), ORDER)
                            .sub(largest);
                %2$s
                    sums = powers.add(sums);
                }
                sums.intoMemorySegment(MEMORY, lanesAt, ORDER);
                float sum = Lanes.sum(lanesAt, LANES);
                for (; j < columns; j++) {
                    sum += Floats.exp(MEMORY.get(JAVA_FLOAT, %1$s + 4 * (row + j)) - largest);
                }
                """.formatted(x, POWERS);
    }

    private static String vectorExponentials(String x, String y) {
        return """
                FloatVector sums = FloatVector.zero(SPECIES);
                j = 0;
                for (; j <= columns - LANES; j += LANES) {
                    FloatVector shifted = FloatVector.fromMemorySegment(SPECIES, MEMORY, %1$s + 4 * (row + j), ORDER)
                            .sub(largest);
                %3$s
                    powers.intoMemorySegment(MEMORY, %2$s + 4 * (row + j), ORDER);
                    sums = powers.add(sums);
                }
                sums.intoMemorySegment(MEMORY, lanesAt, ORDER);
                float sum = Lanes.sum(lanesAt, LANES);
                for (; j < columns; j++) {
                    float power = Floats.exp(MEMORY.get(JAVA_FLOAT, %1$s + 4 * (row + j)) - largest);
                    MEMORY.set(JAVA_FLOAT, %2$s + 4 * (row + j), power);
                    sum += power;
                }
                """.formatted(x, y, POWERS);
    }

    private static String vectorScale(String y) {
        return """
                j = 0;
                for (; j <= columns - LANES; j += LANES) {
                    FloatVector.fromMemorySegment(SPECIES, MEMORY, %1$s + 4 * (row + j), ORDER)
                            .div(sum)
                            .intoMemorySegment(MEMORY, %1$s + 4 * (row + j), ORDER);
                }
                for (; j < columns; j++) {
                    long at = %1$s + 4 * (row + j);
                    MEMORY.set(JAVA_FLOAT, at, MEMORY.get(JAVA_FLOAT, at) / sum);
                }
                """.formatted(y);
    }

    /** The plain loops in doubles: the same but for the type and its size. */
    static KernelLoops doubles(KernelLoops floats) {
        String text = floats.scalar()
                .replaceAll("(JAVA_FLOAT, \\w+ \\+ )4( \\*)", "$18$2")
                .replaceAll("(long at = \\w+ \\+ )4( \\*)", "$18$2")
                .replace("Floats.", "Math.")
                .replace("JAVA_FLOAT", "JAVA_DOUBLE")
                .replace("float ", "double ")
                .replace("Float.", "Double.")
                .replace("0f", "0.0");
        return new KernelLoops(text, null);
    }
}
