package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.JavaNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;

/** The classes inside a class of weights, one for each form of repeated layers. */
final class WeightTypes {

    /** A class and where its objects have their parameters. */
    record Layer(ClassName type, Map<String, String> expressions) {}

    private final JavaNames names;
    private final List<String> reserved;
    private final Map<List<Object>, Integer> forms = new HashMap<>();
    private final Map<Integer, Layer> layers = new HashMap<>();
    private final List<TypeSpec> types = new ArrayList<>();

    /**
     * No classes yet.
     *
     * @param owner the class around them
     * @param fields of that class that theirs must not hide
     */
    WeightTypes(String owner, List<String> fields) {
        this.names = new JavaNames(List.of(
                owner, "Parameter", "ParameterSet", "ParameterGroup", "Initializer", "String", "Object", "Override"));
        this.reserved = new ArrayList<>(List.of("all", "path", "i", "parameters"));
        reserved.addAll(fields);
    }

    /** The names that no field may have. */
    List<String> reserved() {
        return reserved;
    }

    Map<List<Object>, Integer> forms() {
        return forms;
    }

    /** The class of layers of this form; {@code path} is where the first of them is, without its number. */
    Layer layer(WeightTree tree, String path) {
        int form = tree.form(forms);
        Layer known = layers.get(form);
        if (known == null) {
            var type = ClassName.get("", names.unique(JavaNames.type(word(path))));
            WeightMembers members = WeightMembers.ofLayer(tree, this);
            types.add(type(type, members));
            known = new Layer(type, members.expressions());
            layers.put(form, known);
        }
        return known;
    }

    private static TypeSpec type(ClassName name, WeightMembers members) {
        var type = TypeSpec.classBuilder(name)
                .addModifiers(Modifier.FINAL)
                .addJavadoc("The parameters of one of several layers of this form.\n");
        members.addTo(type, MethodSpec.constructorBuilder());
        return type.build();
    }

    /** The last part of a path that is no number. */
    private static String word(String path) {
        return Stream.of(path.split("\\.", -1))
                .filter(p -> !p.isEmpty() && !Character.isDigit(p.charAt(0)))
                .reduce("part", (_, last) -> last);
    }

    /** The classes, in the order of their first use. */
    List<TypeSpec> all() {
        return List.copyOf(types);
    }
}
