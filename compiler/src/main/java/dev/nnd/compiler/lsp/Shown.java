package dev.nnd.compiler.lsp;

import dev.nnd.compiler.check.SemanticIndex;
import dev.nnd.compiler.typed.TypedBlock;
import java.util.Optional;

/** Words that hovers, hints and completions share. */
final class Shown {

    private Shown() {}

    /** {@code 320 parameters}; empty for none, and for a count that leaves the range of 64 bits. */
    static Optional<String> parameters(TypedBlock block) {
        try {
            String count = SemanticIndex.parameters(block).toString();
            return count.equals("0")
                    ? Optional.empty()
                    : Optional.of(grouped(count) + (count.equals("1") ? " parameter" : " parameters"));
        } catch (ArithmeticException tooLarge) {
            return Optional.empty();
        }
    }

    /** {@code 11,173,962}; what is no plain number stays. */
    static String grouped(String number) {
        return number.matches("\\d+") ? String.format(java.util.Locale.ROOT, "%,d", Long.parseLong(number)) : number;
    }

    /** One line of at most so many letters. */
    static String shortened(String text, int most) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= most ? line : line.substring(0, most - 3) + "...";
    }
}
