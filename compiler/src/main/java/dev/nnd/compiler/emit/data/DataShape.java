package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.TypeName;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
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
    private final Map<String, LearnedPart> learned = new LinkedHashMap<>();

    /** The shape of that section. */
    public DataShape(TypedData data) {
        this.data = data;
        this.inputColumns = List.copyOf(columnsOf(rawFields()));
        Set<String> all = new LinkedHashSet<>(inputColumns);
        all.addAll(columnsOf(data.fields()));
        this.columns = List.copyOf(all);
        this.labelTypes = labelTypes(data);
        addLearned();
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

    /** The method of the section's class that says how many ids a field has, learned from the training split. */
    public String countMethod(TypedData.Field field) {
        return JavaNames.member(field.name() + "_vocab");
    }

    /** The field whose ids are counted by a learned dim; empty if there is none, or several vocabularies are in it. */
    public Optional<TypedData.Field> counted(String variable) {
        return data.fields().stream()
                .filter(f -> f.ids()
                        .filter(i -> i.count().equals(Dim.variable(variable)))
                        .isPresent())
                .filter(f -> vocabulary(f).isPresent())
                .findFirst();
    }

    /** What a field's ids are learned by, if that is one vocabulary. */
    Optional<LearnedPart> vocabulary(TypedData.Field field) {
        var found = new LinkedHashSet<LearnedPart>();
        addVocabularies(field.value(), found);
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private void addVocabularies(DataExpr expression, Set<LearnedPart> found) {
        if (expression instanceof DataExpr.FieldValue other) {
            addVocabularies(field(other).value(), found);
        }
        if (expression instanceof DataExpr.Apply a
                && (LearnedPart.isTokenizer(a.function()) || a.function() == DataFunction.CATEGORIES)) {
            found.add(learned(a));
        }
        expression.operands().forEach(o -> addVocabularies(o, found));
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

    /** True if the pixels of an example come as a picture, which knows its size. */
    public boolean pictures() {
        return data.sources().stream().anyMatch(s -> s.format() == TypedData.Format.IMAGES)
                || images(data.fields())
                        .filter(i -> i.type().dims().stream().anyMatch(FieldCode::isOpen))
                        .isPresent();
    }

    /** What the pixels of an example are called: the field's name if one field is made of them, else {@code pixels}. */
    public String pixelsName() {
        List<TypedData.Field> users = data.fields().stream()
                .filter(f -> images(List.of(f)).isPresent())
                .toList();
        return users.size() == 1 ? JavaNames.member(users.getFirst().name()) : "pixels";
    }

    /** What is learned, each after what its operand needs. */
    List<LearnedPart> learned() {
        return List.copyOf(learned.values());
    }

    /** The tokenizers of windows. */
    List<LearnedPart> windowed() {
        var found = new LinkedHashSet<LearnedPart>();
        windows().forEach(w -> found.add(learned(w.operands().getFirst())));
        return List.copyOf(found);
    }

    /** The windows that fields are made of. */
    List<DataExpr.Apply> windows() {
        var found = new ArrayList<DataExpr.Apply>();
        data.fields().forEach(f -> addWindows(f.value(), found));
        return found;
    }

    private static void addWindows(DataExpr expression, List<DataExpr.Apply> found) {
        if (expression instanceof DataExpr.Apply a && a.function() == DataFunction.WINDOW) {
            found.add(a);
        }
        expression.operands().forEach(o -> addWindows(o, found));
    }

    /** What is learned for an expression. */
    LearnedPart learned(DataExpr expression) {
        return Objects.requireNonNull(
                learned.get(LearnedPart.key(expression).orElseThrow()), "the section does not learn that");
    }

    /** Where a standardization is among what the section learns. */
    public int learnedIndex(DataExpr.Standardize standardize) {
        return learned().indexOf(learned(standardize));
    }

    private void addLearned() {
        var names = new JavaNames(List.of("learned"));
        data.fields().forEach(f -> addLearned(f.value(), f, false, names));
    }

    private void addLearned(DataExpr expression, TypedData.Field field, boolean missing, JavaNames names) {
        boolean imputes = expression instanceof DataExpr.Apply a && a.function() == DataFunction.IMPUTE;
        if (expression instanceof DataExpr.FieldValue other) {
            TypedData.Field made = field(other);
            addLearned(made.value(), made, missing, names);
        }
        expression.operands().forEach(o -> addLearned(o, field, missing || imputes, names));
        LearnedPart.key(expression).ifPresent(key -> {
            LearnedPart known = learned.get(key);
            if (known == null) {
                String name = names.unique(LearnedPart.wantedName(expression));
                learned.put(key, new LearnedPart(expression, name, field, missing || imputes));
            } else if (missing && !known.missing()) {
                learned.put(key, new LearnedPart(known.value(), known.name(), known.field(), true));
            }
        });
    }

    /** The field that an expression names. */
    TypedData.Field field(DataExpr.FieldValue value) {
        return data.field(value.name()).orElseThrow();
    }

    private Set<String> columnsOf(List<TypedData.Field> fields) {
        var names = new LinkedHashSet<String>();
        for (TypedData.Field field : fields) {
            for (DataExpr leaf : leaves(field.value())) {
                column(leaf).ifPresent(names::add);
            }
        }
        return names;
    }

    /** The column that a leaf reads, as a number or as text. */
    private static Optional<String> column(DataExpr leaf) {
        return switch (leaf) {
            case DataExpr.Column c -> Optional.of(c.name());
            case DataExpr.TextColumn t -> Optional.of(t.name());
            default -> Optional.empty();
        };
    }

    /** The Java types in which these fields read columns, of one type each; text holds numbers too. */
    Map<String, TypeName> columnTypes(List<TypedData.Field> fields) {
        var types = new LinkedHashMap<String, TypeName>();
        for (TypedData.Field field : fields) {
            for (DataExpr leaf : leaves(field.value())) {
                column(leaf).ifPresent(c -> types.merge(c, columnType(leaf), DataShape::wider));
            }
        }
        return types;
    }

    private static TypeName columnType(DataExpr leaf) {
        if (!(leaf instanceof DataExpr.Column column)) {
            return ClassName.get(String.class);
        }
        TypeName element = switch (JavaValue.type(column.type().dtype())) {
            case BOOLEAN -> TypeName.BOOLEAN;
            case INT -> TypeName.INT;
            case LONG -> TypeName.LONG;
            case FLOAT -> TypeName.FLOAT;
            case DOUBLE -> TypeName.DOUBLE;
        };
        return FieldCode.elements(column.type()) > 1 ? ArrayTypeName.of(element) : element;
    }

    private static TypeName wider(TypeName a, TypeName b) {
        if (a.equals(b)) {
            return a;
        }
        if (a instanceof ArrayTypeName || b instanceof ArrayTypeName) {
            return ArrayTypeName.of(TypeName.DOUBLE);
        }
        return a.isPrimitive() && b.isPrimitive() ? TypeName.DOUBLE : ClassName.get(String.class);
    }

    /** True if a missing value can be among what these fields read. */
    boolean imputes(List<TypedData.Field> fields) {
        return fields.stream().anyMatch(f -> imputes(f.value()));
    }

    private boolean imputes(DataExpr expression) {
        return switch (expression) {
            case DataExpr.Apply a when a.function() == DataFunction.IMPUTE -> true;
            case DataExpr.FieldValue other -> imputes(field(other).value());
            default -> expression.operands().stream().anyMatch(this::imputes);
        };
    }

    /** True if these fields read all of a text source's text. */
    boolean stream(List<TypedData.Field> fields) {
        return fields.stream().flatMap(f -> leaves(f.value()).stream()).anyMatch(DataExpr.Stream.class::isInstance);
    }

    private List<DataExpr> leaves(DataExpr expression) {
        if (expression instanceof DataExpr.FieldValue other) {
            return leaves(field(other).value());
        }
        List<DataExpr> operands = expression.operands();
        if (operands.isEmpty()) {
            return List.of(expression);
        }
        return operands.stream().flatMap(o -> leaves(o).stream()).toList();
    }

    /** Nested types may not be called like the class around them or a constant; {@code Example} is taken. */
    private static Map<String, String> labelTypes(TypedData data) {
        var taken = new ArrayList<>(List.of("Example", data.name()));
        data.fields().forEach(f -> taken.add(FieldEncoders.indexName(f)));
        var names = new JavaNames(taken);
        var types = new LinkedHashMap<String, String>();
        for (TypedData.Field field : data.fields()) {
            if (field.label().isPresent()) {
                String wanted = JavaNames.type(field.name());
                types.put(field.name(), names.unique(taken.contains(wanted) ? wanted + "Label" : wanted));
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
