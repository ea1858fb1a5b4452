package dev.nnd.compiler.emit;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Java source as JavaPoet wants it: types as references, so that it imports them. */
public final class SourceText {

    private static final Pattern LAYOUT = Pattern.compile("\\bJAVA_[A-Z]+\\b");

    private final Map<String, ClassName> types = new TreeMap<>();
    private final Pattern names;

    /** Source that names these types by their simple names. */
    public SourceText(List<ClassName> types) {
        types.forEach(t -> this.types.put(t.simpleName(), t));
        names = Pattern.compile("(?<![.\\w])(" + String.join("|", this.types.keySet()) + ")\\b");
    }

    /** The statements with their types as references. */
    public CodeBlock code(String source) {
        var format = new StringBuilder();
        var references = new ArrayList<Object>();
        Matcher matcher = names.matcher(source.replace("$", "$$"));
        while (matcher.find()) {
            references.add(types.get(matcher.group(1)));
            matcher.appendReplacement(format, Matcher.quoteReplacement("$T"));
        }
        matcher.appendTail(format);
        return CodeBlock.of(format.toString(), references.toArray());
    }

    /** The constants of {@code ValueLayout} that these sources name, in order. */
    public static List<String> layouts(List<String> sources) {
        return sources.stream()
                .flatMap(s -> LAYOUT.matcher(s).results().map(r -> r.group()))
                .distinct()
                .sorted()
                .toList();
    }
}
