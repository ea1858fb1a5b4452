package dev.nnd.compiler.emit.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/** Makes the constants of a label's enum from the label's names. */
final class LabelNames {

    private static final List<String> SPELLED = List.of(
            "ZERO",
            "ONE",
            "TWO",
            "THREE",
            "FOUR",
            "FIVE",
            "SIX",
            "SEVEN",
            "EIGHT",
            "NINE",
            "TEN",
            "ELEVEN",
            "TWELVE",
            "THIRTEEN",
            "FOURTEEN",
            "FIFTEEN",
            "SIXTEEN",
            "SEVENTEEN",
            "EIGHTEEN",
            "NINETEEN",
            "TWENTY");

    private LabelNames() {}

    /**
     * Constants by index, all different. Without names they are ZERO to TWENTY, then CLASS_21 and so on; with names, these
     * in upper snake case: {@code "T-shirt/top"} becomes T_SHIRT_TOP. A name that begins with a digit gets CLASS_ before
     * it, one without any letter or digit is called by its index, and one that is taken gets _2, _3 after it.
     */
    static List<String> constants(List<String> names, boolean named) {
        var constants = new ArrayList<String>();
        var taken = new HashSet<String>();
        for (int i = 0; i < names.size(); i++) {
            String wanted = named ? upperSnake(names.get(i), i) : spelled(i);
            String free = wanted;
            for (int n = 2; !taken.add(free); n++) {
                free = wanted + "_" + n;
            }
            constants.add(free);
        }
        return constants;
    }

    private static String spelled(int index) {
        return index < SPELLED.size() ? SPELLED.get(index) : "CLASS_" + index;
    }

    private static String upperSnake(String name, int index) {
        var words = new StringBuilder();
        int before = ' ';
        for (int c : name.codePoints().toArray()) {
            if (Character.isLetterOrDigit(c)) {
                boolean hump = Character.isUpperCase(c) && Character.isLowerCase(before);
                boolean gap = !words.isEmpty() && !Character.isLetterOrDigit(before);
                words.append(hump || gap ? "_" : "").appendCodePoint(c);
            }
            before = c;
        }
        String constant = words.toString().toUpperCase(Locale.ROOT);
        if (constant.isEmpty()) {
            return "CLASS_" + index;
        }
        return Character.isJavaIdentifierStart(constant.codePointAt(0)) ? constant : "CLASS_" + constant;
    }
}
