package dev.nnd.compiler.plan;

import java.util.HashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Hands out names that are Java identifiers, each once. */
final class Names {

    private final Set<String> taken = new HashSet<>();

    /** The text in lower camel case, with a number behind it if it was handed out before. */
    String unique(String text) {
        String base = camel(text);
        if (base.isEmpty() || !Character.isJavaIdentifierStart(base.charAt(0))) {
            base = "x" + base;
        }
        if (SourceVersion.isKeyword(base)) {
            base += "Value";
        }
        String name = base;
        for (int i = 2; !taken.add(name); i++) {
            name = base + i;
        }
        return name;
    }

    /** {@code layer.3.query_weight} as {@code layer3QueryWeight}; without what can't be in an identifier. */
    static String camel(String text) {
        var result = new StringBuilder();
        boolean upper = false;
        for (char c : text.toCharArray()) {
            boolean letter = c < 128 && Character.isLetterOrDigit(c);
            if (letter) {
                result.append(upper ? Character.toUpperCase(c) : c);
            }
            upper = !letter && !result.isEmpty();
        }
        if (!result.isEmpty()) {
            result.setCharAt(0, Character.toLowerCase(result.charAt(0)));
        }
        return result.toString();
    }
}
