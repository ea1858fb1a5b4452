package dev.nnd.compiler.emit;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.lang.model.SourceVersion;

/**
 * The file's names in Java's case, and, as an object, one scope in which names are unique. The result depends on the
 * order of the requests only.
 */
public final class JavaNames {

    /** Methods of Object that no generated accessor may hide or clash with. */
    private static final Set<String> TAKEN =
            Set.of("getClass", "hashCode", "equals", "toString", "notify", "notifyAll", "wait", "clone", "finalize");

    private final Set<String> used = new HashSet<>();

    /** A scope in which these names are taken. */
    public JavaNames(Collection<String> taken) {
        used.addAll(taken);
    }

    /** A scope without names. */
    public JavaNames() {
        this(List.of());
    }

    /** A scope that starts with the same names taken, such as that of an inner block. */
    public JavaNames copy() {
        return new JavaNames(used);
    }

    /** {@code wanted}, or if that is taken, {@code wanted2}, {@code wanted3} and so on ({@code x1_2} after a digit). */
    public String unique(String wanted) {
        String name = wanted;
        boolean digit = Character.isDigit(wanted.charAt(wanted.length() - 1));
        for (int i = 2; !used.add(name); i++) {
            name = wanted + (digit ? "_" : "") + i;
        }
        return name;
    }

    /** {@code mnist_cnn} as {@code MnistCnn}; {@code SimpleCnn} stays. */
    public static String type(String name) {
        String joined = join(name);
        String capital = joined.substring(0, 1).toUpperCase(Locale.ROOT) + joined.substring(1);
        return legal(capital);
    }

    /** {@code layer.3.query.weight} as {@code layer3QueryWeight}, {@code max_pool2d} as {@code maxPool2d}, {@code N} as {@code n}. */
    public static String member(String name) {
        String joined = join(name);
        int capitals = 0;
        while (capitals < joined.length() && !Character.isLowerCase(joined.charAt(capitals))) {
            capitals++;
        }
        boolean wordFollows =
                capitals > 1 && capitals < joined.length() && Character.isUpperCase(joined.charAt(capitals - 1));
        int lowered = wordFollows ? capitals - 1 : capitals;
        return legal(joined.substring(0, lowered).toLowerCase(Locale.ROOT) + joined.substring(lowered));
    }

    /** {@code conv2dWindow} as {@code CONV2D_WINDOW}. */
    public static String constant(String name) {
        String member = member(name);
        var text = new StringBuilder();
        for (int i = 0; i < member.length(); i++) {
            char c = member.charAt(i);
            if (Character.isUpperCase(c) && i > 0) {
                text.append('_');
            }
            text.append(Character.toUpperCase(c));
        }
        return text.toString();
    }

    /** The name of a file without folders and ending: {@code vision/mnist_cnn.nnd} as {@code mnist_cnn}. */
    public static String stem(String file) {
        String name = Docs.fileName(file);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static String join(String name) {
        var text = new StringBuilder();
        boolean capital = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Character.isJavaIdentifierPart(c) || c == '_' || c == '$') {
                capital = !text.isEmpty();
            } else {
                text.append(capital ? Character.toUpperCase(c) : c);
                capital = false;
            }
        }
        return text.isEmpty() ? "x" : text.toString();
    }

    private static String legal(String name) {
        String started = Character.isJavaIdentifierStart(name.charAt(0)) ? name : "_" + name;
        return SourceVersion.isName(started) && !TAKEN.contains(started) ? started : started + "_";
    }
}
