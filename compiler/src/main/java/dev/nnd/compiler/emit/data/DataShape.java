package dev.nnd.compiler.emit.data;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a data section reads and the Java names that its class gives to it. Other generated classes refer to the data's
 * class by these names.
 */
public final class DataShape {

    private final TypedData data;
    private final List<String> inputColumns;
    private final List<String> columns;
    private final Map<String, String> labelTypes;

    /** The shape of that section. */
    public DataShape(TypedData data) {
        this.data = data;
        this.inputColumns = List.copyOf(columnsOf(rawFields()));
        Set<String> all = new LinkedHashSet<>(inputColumns);
        all.addAll(columnsOf(data.fields()));
        this.columns = List.copyOf(all);
        this.labelTypes = labelTypes(data);
    }

    /** The section. */
    public TypedData data() {
        return data;
    }

    /** Every column that a field reads; those of fields that are no labels come first. */
    public List<String> columns() {
        return columns;
    }

    /** The columns that these fields read, in the order of {@link #columns}. */
    public List<String> columns(List<TypedData.Field> fields) {
        Set<String> read = columnsOf(fields);
        return columns.stream().filter(read::contains).toList();
    }

    /** The name of the nested enum of a label field. */
    public String labelType(TypedData.Field field) {
        return Objects.requireNonNull(labelTypes.get(field.name()), "the field is no label");
    }

    /** The constant in the section's class that holds a field's index. */
    public String indexConstant(TypedData.Field field) {
        return FieldEncoders.indexName(field);
    }

    /** The method of the section's class that gives a standardized column in its own units. */
    public String originalMethod(TypedData.Field field) {
        return FieldEncoders.originalName(field);
    }

    /** True if these fields read all that the fields that are no labels read. */
    public boolean readsAll(List<TypedData.Field> fields) {
        List<TypedData.Field> raw = rawFields();
        return images(fields).isPresent() == images(raw).isPresent()
                && columns(fields).equals(inputColumns);
    }

    /** The fields that are no labels. */
    public List<TypedData.Field> rawFields() {
        return data.fields().stream().filter(f -> f.label().isEmpty()).toList();
    }

    /** The pixels that these fields read, if any does. */
    public Optional<DataExpr.Images> images(List<TypedData.Field> fields) {
        return fields.stream()
                .flatMap(f -> leaves(f.value()).stream())
                .filter(DataExpr.Images.class::isInstance)
                .map(DataExpr.Images.class::cast)
                .findFirst();
    }

    /** What the pixels of an example are called: the field's name if one field is made of them, else {@code pixels}. */
    public String pixelsName() {
        List<TypedData.Field> users = data.fields().stream()
                .filter(f -> images(List.of(f)).isPresent())
                .toList();
        return users.size() == 1 ? JavaNames.member(users.getFirst().name()) : "pixels";
    }

    /** The statistics to learn, each after those that its operand needs. */
    List<DataExpr.Standardize> learned() {
        var found = new LinkedHashMap<Integer, DataExpr.Standardize>();
        data.fields().forEach(f -> addLearned(f.value(), found));
        return List.copyOf(found.values());
    }

    /** The field that a statistic was first met in, for messages. */
    TypedData.Field fieldOf(DataExpr.Standardize statistic) {
        for (TypedData.Field field : data.fields()) {
            var found = new LinkedHashMap<Integer, DataExpr.Standardize>();
            addLearned(field.value(), found);
            if (found.containsKey(statistic.id())) {
                return field;
            }
        }
        throw new IllegalArgumentException("no field learns statistic " + statistic.id());
    }

    private static void addLearned(DataExpr expression, Map<Integer, DataExpr.Standardize> found) {
        expression.operands().forEach(o -> addLearned(o, found));
        if (expression instanceof DataExpr.Standardize statistic) {
            found.putIfAbsent(statistic.id(), statistic);
        }
    }

    private static Set<String> columnsOf(List<TypedData.Field> fields) {
        var names = new LinkedHashSet<String>();
        for (TypedData.Field field : fields) {
            for (DataExpr leaf : leaves(field.value())) {
                if (leaf instanceof DataExpr.Column column) {
                    names.add(column.name());
                }
            }
        }
        return names;
    }

    private static List<DataExpr> leaves(DataExpr expression) {
        List<DataExpr> operands = expression.operands();
        if (operands.isEmpty()) {
            return List.of(expression);
        }
        return operands.stream().flatMap(o -> leaves(o).stream()).toList();
    }

    /** Nested types may not be called like the class around them, and {@code Example} is taken. */
    private static Map<String, String> labelTypes(TypedData data) {
        var names = new JavaNames(List.of("Example", data.name()));
        var types = new LinkedHashMap<String, String>();
        for (TypedData.Field field : data.fields()) {
            if (field.label().isPresent()) {
                types.put(field.name(), names.unique(JavaNames.type(field.name())));
            }
        }
        return types;
    }

    /** Parameter names for columns, all different and none of them {@code taken}. */
    public static List<String> parameterNames(List<String> columns) {
        var scope = new JavaNames(List.of("row", "data"));
        var names = new ArrayList<String>();
        for (String column : columns) {
            names.add(scope.unique(JavaNames.member(column)));
        }
        return names;
    }
}
