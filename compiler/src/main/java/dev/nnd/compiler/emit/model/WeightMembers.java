package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Indexed;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Modifier;

/**
 * The fields of one class of weights and the statements that set them: the root's, or those of a class that each of several
 * layers of one form is an object of.
 */
final class WeightMembers {

    /** With more fields than this, methods of so many set them. */
    private static final int FIELDS_OF_A_METHOD = 60;

    private final WeightTypes types;
    private final boolean root;
    private final JavaNames names;
    private final List<FieldSpec.Builder> fields = new ArrayList<>();
    private final List<Lines> statements = new ArrayList<>();
    private final Map<String, String> expressions = new LinkedHashMap<>();

    private WeightMembers(WeightTypes types, boolean root) {
        this.types = types;
        this.root = root;
        this.names = new JavaNames(types.reserved());
    }

    /** The members of the class of all weights. */
    static WeightMembers ofAll(WeightTree tree, WeightTypes types) {
        return of(tree, types, true);
    }

    /** The members of the class of several layers; where they are is a parameter of the constructor. */
    static WeightMembers ofLayer(WeightTree tree, WeightTypes types) {
        return of(tree, types, false);
    }

    private static WeightMembers of(WeightTree tree, WeightTypes types, boolean root) {
        var members = new WeightMembers(types, root);
        members.children(tree, "");
        return members;
    }

    /** Java expressions of the parameters by the rest of their paths. */
    Map<String, String> expressions() {
        return expressions;
    }

    private void children(WeightTree tree, String path) {
        List<String> parts = List.copyOf(tree.children().keySet());
        int at = 0;
        for (WeightTree.Range range : tree.ranges(types.forms())) {
            if (range.layers().size() > 1) {
                array(range, path, range.layers().size() == parts.size());
            } else {
                child(range.layers().getFirst(), join(path, parts.get(at)));
            }
            at += range.layers().size();
        }
    }

    private void child(WeightTree child, String path) {
        WeightTree.Weight weight = child.weight();
        if (weight != null) {
            String field = names.unique(JavaNames.member(path));
            fields.add(FieldSpec.builder(RuntimeNames.PARAMETER, field).addJavadoc("$L", weight.doc()));
            statements.add(new Lines().add(field + " = " + weight.call() + name(path) + weight.arguments()));
            expressions.put(path, field);
        }
        children(child, path);
    }

    private void array(WeightTree.Range range, String path, boolean whole) {
        String words = path.isEmpty() ? "part" : path;
        String field =
                names.unique(JavaNames.member(whole ? words : words + "." + range.first() + ".to." + range.last()));
        WeightTypes.Layer layer = types.layer(range.layers().getFirst(), words);
        int count = range.layers().size();
        fields.add(FieldSpec.builder(ArrayTypeName.of(layer.type()), field)
                .addModifiers(Modifier.FINAL)
                .initializer("new $T[$L]", layer.type(), count));
        String number = range.first() == 0 ? "i" : "(i + " + range.first() + ")";
        String prefix = path.isEmpty() ? (root ? "\"\" + " : "path + \".\" + ") : name(path, ".") + " + ";
        statements.add(new Lines()
                .open("for (int i = 0; i < " + field + ".length; i++)")
                .add(field + "[i] = new " + layer.type().simpleName() + "(" + prefix + number + ")")
                .close());
        for (int i = 0; i < count; i++) {
            String of = join(path, String.valueOf(range.first() + i));
            String element = Indexed.element(field, i);
            layer.expressions().forEach((rest, inner) -> expressions.put(of + "." + rest, element + "." + inner));
        }
    }

    private static String join(String path, String part) {
        return path.isEmpty() ? part : path + "." + part;
    }

    /** The Java expression of a parameter's full path. */
    private String name(String path) {
        return name(path, "");
    }

    private String name(String path, String end) {
        return root ? "\"" + path + end + "\"" : "path + \"." + path + end + "\"";
    }

    /**
     * Adds the fields to their class, and the constructor that sets them.
     *
     * @param constructor with what it does first
     */
    void addTo(TypeSpec.Builder type, MethodSpec.Builder constructor) {
        boolean split = statements.size() > FIELDS_OF_A_METHOD;
        for (FieldSpec.Builder field : fields) {
            FieldSpec built = field.build();
            boolean isFinal = split || built.modifiers().contains(Modifier.FINAL);
            type.addField(isFinal ? built : field.addModifiers(Modifier.FINAL).build());
        }
        var methods = new ArrayList<MethodSpec>();
        var all = new Lines();
        if (!split) {
            statements.forEach(all::add);
        }
        for (int from = 0; split && from < statements.size(); from += FIELDS_OF_A_METHOD) {
            String name = "add" + (from / FIELDS_OF_A_METHOD + 1);
            all.add(name + (root ? "()" : "(path)"));
            var some = new Lines();
            statements
                    .subList(from, Math.min(statements.size(), from + FIELDS_OF_A_METHOD))
                    .forEach(some::add);
            methods.add(method(MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE), some));
        }
        type.addMethod(method(constructor, all)).addMethods(methods);
    }

    private MethodSpec method(MethodSpec.Builder method, Lines statements) {
        if (!root) {
            method.addParameter(ClassName.get(String.class), "path");
        }
        return method.addCode(RuntimeNames.TEXT.code(statements.toString())).build();
    }
}
