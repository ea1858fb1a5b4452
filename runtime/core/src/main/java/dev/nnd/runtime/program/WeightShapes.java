package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sizes that a file of weights was trained with, where these were learned from data, such as a vocabulary's: they are
 * told by the shapes in it, or else by what its writer noted.
 */
public final class WeightShapes implements AutoCloseable {

    /** What stands in front of a size's name in the metadata of a file. */
    static final String SIZE_KEY = "nnd.size.";

    private final Safetensors file;
    private final String model;

    private WeightShapes(Safetensors file, String model) {
        this.file = file;
        this.model = model;
    }

    /**
     * Opens a file; {@code model} is for messages.
     *
     * @throws NndException if it can't be read
     */
    public static WeightShapes open(Path safetensors, String model) {
        return new WeightShapes(Safetensors.open(safetensors), model);
    }

    /**
     * The size for which dim {@code axis} of a weight is {@code factor * size + rest}.
     *
     * @param name of the size
     * @param type the weight's type in the model, for messages
     * @throws NndException if the file does not tell it
     */
    public int size(String name, String weight, String type, int axis, long factor, long rest) {
        var entry = file.entries().get(weight);
        if (entry == null && BaseWeights.isNotedIn(file)) {
            return noted(name);
        }
        if (entry == null) {
            throw unfit(weight + " is missing, whose shape " + type + " tells " + name);
        }
        long dim = axis < entry.shape().size() ? entry.shape().get(axis) : -1;
        long size = (dim - rest) / factor;
        if (dim < rest || size < 1 || size > Integer.MAX_VALUE || size * factor + rest != dim) {
            throw unfit(weight + " is " + entry.shape() + " in the file and must be " + type + ", which tells " + name);
        }
        return (int) size;
    }

    /**
     * A size that no weight's shape tells.
     *
     * @throws NndException if the file's writer has not noted it
     */
    public int noted(String name) {
        var size = noted(file, name);
        if (size == null) {
            throw unfit("it does not say what " + name + " was, which the model computes with");
        }
        return size;
    }

    private static @Nullable Integer noted(Safetensors file, String name) {
        String text = file.metadata().get(SIZE_KEY + name);
        boolean number = text != null && text.matches("[1-9]\\d{0,9}");
        return text != null && number && Long.parseLong(text) <= Integer.MAX_VALUE ? Integer.valueOf(text) : null;
    }

    private NndException unfit(String what) {
        return new NndException(
                file.file() + " does not hold the weights of " + model + ": " + what + ".",
                "load a file that " + model + " has saved",
                null);
    }

    /** Refuses a file whose writer has noted other sizes than these. */
    static void requireSame(Safetensors file, String model, Map<String, Integer> sizes) {
        var different = new ArrayList<String>();
        sizes.forEach((name, size) -> {
            var saved = noted(file, name);
            if (saved != null && !saved.equals(size)) {
                different.add(name + " was " + saved + " when they were trained, and is " + size + " now");
            }
        });
        if (!different.isEmpty()) {
            throw new NndException(
                    file.file() + " holds weights of " + model + " in other sizes: " + String.join("; ", different)
                            + ".",
                    "use the data that they were trained on, or train anew",
                    null);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
