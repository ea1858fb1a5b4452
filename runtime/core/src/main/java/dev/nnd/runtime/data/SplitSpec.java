package dev.nnd.runtime.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a source are divided. Parts are disjoint and together hold every row.
 *
 * @param source the source that is divided
 * @param parts names and shares in percent, which add up to 100
 * @param inOrder the first rows go to the first part, and so on; else rows are drawn by {@code seed}
 * @param stratifiedBy a label field whose classes have the same share in each part, or null
 * @param seed of the draw
 * @param groupedBy a field of whole numbers or a label whose rows of one value stay in one part, or null
 * @param folds into how many folds the rows are divided, of which one is {@code validation} and the others are {@code train}; 0
 *     for parts as they are
 */
public record SplitSpec(
        String source,
        List<Part> parts,
        boolean inOrder,
        @Nullable String stratifiedBy,
        long seed,
        @Nullable String groupedBy,
        int folds) {
    public SplitSpec {
        parts = List.copyOf(parts);
    }

    /** A split that keeps no groups together. */
    public SplitSpec(String source, List<Part> parts, boolean inOrder, @Nullable String stratifiedBy, long seed) {
        this(source, parts, inOrder, stratifiedBy, seed, null, 0);
    }

    /** A split into parts as they are. */
    public SplitSpec(
            String source,
            List<Part> parts,
            boolean inOrder,
            @Nullable String stratifiedBy,
            long seed,
            @Nullable String groupedBy) {
        this(source, parts, inOrder, stratifiedBy, seed, groupedBy, 0);
    }

    /** A part of a split; {@code percent} is above 0 and up to 100. */
    public record Part(String name, double percent) {}
}
