package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What stands for a missing text: the most frequent one of the training rows, of equally frequent ones the first in order. */
public final class TextImputer implements Learned {
    private final String name;
    private final Map<String, Integer> counts = new HashMap<>();
    private String value = "";
    private boolean ready;

    /** Nothing learned yet. */
    public TextImputer(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return "impute most_frequent text";
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public void reset() {
        counts.clear();
        value = "";
        ready = false;
    }

    /** The text of one more row. */
    public void accept(String text) {
        if (!Values.isMissing(text)) {
            counts.merge(text, 1, Integer::sum);
        }
    }

    @Override
    public List<String> finish() {
        value = counts.entrySet().stream()
                .min(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new NndException(
                        "`" + name + "` is missing in every training row, so there is nothing to put in.",
                        "leave the field out",
                        null));
        counts.clear();
        ready = true;
        return List.of();
    }

    /** The text, or what stands for a missing one. */
    public String apply(String text) {
        return Values.isMissing(text) ? value : text;
    }

    @Override
    public Saved saved() {
        return new Saved(Map.of(), List.of(value));
    }

    @Override
    public void restore(Saved saved) {
        if (saved.texts().size() != 1) {
            throw new IllegalArgumentException("`" + name + "` has one text");
        }
        value = saved.texts().getFirst();
        ready = true;
    }
}
