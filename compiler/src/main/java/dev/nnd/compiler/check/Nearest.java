package dev.nnd.compiler.check;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that a misspelled one probably means. */
final class Nearest {

    private static final int LEAST_ABBREVIATION = 3;

    /** Nobody misspells a word of this length; distances to it would only take time. */
    private static final int LONGEST = 60;

    /** Among more names than these only those with the same first letter are looked at. */
    private static final int MANY = 500;

    private Nearest() {}

    /** The nearest candidate, if it is near enough: at most a third of the letters differ, or only the case. */
    static Optional<String> to(String written, Collection<String> candidates) {
        String best = null;
        if (written.isEmpty() || written.length() > LONGEST) {
            return Optional.empty();
        }
        int bestDistance = Math.max(1, (written.length() + 1) / 3) + 1;
        String lower = written.toLowerCase(Locale.ROOT);
        String folded = folded(written);
        for (String candidate : candidates) {
            if (candidate.equals(written) || candidates.size() > MANY && candidate.charAt(0) != written.charAt(0)) {
                continue;
            }
            if (folded(candidate).equals(folded)) {
                return Optional.of(candidate);
            }
            if (Math.abs(candidate.length() - written.length()) > bestDistance) {
                continue;
            }
            int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
            boolean useful = distance < Math.max(written.length(), candidate.length());
            if (useful
                    && (distance < bestDistance
                            || (distance == bestDistance && best != null && isLikelier(candidate, best, lower)))) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best != null ? Optional.of(best) : abbreviated(written, candidates);
    }

    /** Of two at one distance: the one with the same letters, then the one with the same first letter, then by the alphabet. */
    private static boolean isLikelier(String candidate, String best, String lower) {
        int letters = Boolean.compare(
                letters(candidate).equals(letters(lower)), letters(best).equals(letters(lower)));
        int first = Boolean.compare(letters == 0 && begins(candidate, lower), letters == 0 && begins(best, lower));
        return letters != 0 ? letters > 0 : first != 0 ? first > 0 : candidate.compareTo(best) < 0;
    }

    private static boolean begins(String name, String lower) {
        return Character.toLowerCase(name.charAt(0)) == lower.charAt(0);
    }

    private static String letters(String name) {
        char[] letters = name.toLowerCase(Locale.ROOT).toCharArray();
        Arrays.sort(letters);
        return new String(letters);
    }

    /** {@code valid} for {@code validation}: the one name that begins so. */
    private static Optional<String> abbreviated(String written, Collection<String> candidates) {
        var longer = candidates.stream()
                .filter(n -> n.length() > written.length()
                        && written.length() >= LEAST_ABBREVIATION
                        && n.startsWith(written))
                .toList();
        return longer.size() == 1 ? Optional.of(longer.getFirst()) : Optional.empty();
    }

    private static String folded(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Damerau-Levenshtein (optimal string alignment): insert, delete, replace, or swap neighbours. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, d[i - 2][j - 2] + 1);
                }
                d[i][j] = best;
            }
        }
        return d[a.length()][b.length()];
    }
}
