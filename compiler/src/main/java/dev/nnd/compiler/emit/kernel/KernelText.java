package dev.nnd.compiler.emit.kernel;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kernel source as JavaPoet wants it: types as references, so that it imports them. */
final class KernelText {

    private static final String VECTOR_PACKAGE = "jdk.incubator.vector";

    private static final Map<String, ClassName> TYPES = new TreeMap<>(Map.of(
            "FloatVector", ClassName.get(VECTOR_PACKAGE, "FloatVector"),
            "VectorMask", ClassName.get(VECTOR_PACKAGE, "VectorMask"),
            "VectorOperators", ClassName.get(VECTOR_PACKAGE, "VectorOperators")));

    private static final Pattern TYPE = Pattern.compile("\\b(" + String.join("|", TYPES.keySet()) + ")\\b");
    private static final Pattern LAYOUT = Pattern.compile("\\bJAVA_[A-Z]+\\b");

    private KernelText() {}

    /** The statements with their types as references. */
    static CodeBlock code(String source) {
        var format = new StringBuilder();
        var types = new ArrayList<Object>();
        Matcher matcher = TYPE.matcher(source.replace("$", "$$"));
        while (matcher.find()) {
            types.add(TYPES.get(matcher.group(1)));
            matcher.appendReplacement(format, Matcher.quoteReplacement("$T"));
        }
        matcher.appendTail(format);
        return CodeBlock.of(format.toString(), types.toArray());
    }

    /** The constants of {@code ValueLayout} that these sources name, in order. */
    static List<String> layouts(List<String> sources) {
        return sources.stream()
                .flatMap(s -> LAYOUT.matcher(s).results().map(r -> r.group()))
                .distinct()
                .sorted()
                .toList();
    }
}
