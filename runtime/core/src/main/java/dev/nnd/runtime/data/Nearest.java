package dev.nnd.runtime.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the known names that a wrong one was probably meant to be. */
public final class Nearest {
    private Nearest() {}

    /** The name with the fewest letters to change, if these are at most a third of it; upper and lower case count as equal. */
    public static Optional<String> of(String wrong, Collection<String> known) {
        return alike(wrong, known, Math.max(1, wrong.length() / 3)).stream().findFirst();
    }

    /** Names at most {@code changes} letters away, nearest first. */
    static List<String> alike(String wrong, Collection<String> known, int changes) {
        record Candidate(String name, int distance) {}
        var lower = wrong.toLowerCase(Locale.ROOT);
        return known.stream()
                .map(name -> new Candidate(name, distance(lower, name.toLowerCase(Locale.ROOT))))
                .filter(c -> c.distance <= changes && c.distance < Math.max(wrong.length(), c.name.length()))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name)
                .toList();
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
