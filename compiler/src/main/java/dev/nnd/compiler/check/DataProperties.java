package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code Reviews.label.classes}, {@code Shakespeare.tokens.vocab}: what data says of itself, as ints. What is only known
 * once the data is read is a dim variable of that name, which is at least 1.
 */
final class DataProperties {

    private final Checking c;

    DataProperties(Checking c) {
        this.c = c;
    }

    /** A property's value; empty if the expression does not start with a data section's name. */
    Optional<Val> value(Expr.Member member, Env env) {
        Expr root = member;
        int depth = 0;
        while (root instanceof Expr.Member m) {
            root = m.target();
            depth++;
        }
        if (!(root instanceof Expr.Name section)
                || env.scope().find(section.name()).isPresent()) {
            return Optional.empty();
        }
        Optional<FileScope.Found> found =
                env.home().find(section.name()).filter(f -> f.declaration() instanceof Decl.Data);
        if (found.isEmpty() || !(found.get().declaration() instanceof Decl.Data declaration)) {
            return Optional.empty();
        }
        boolean inSight = depth == 1
                && env.scope()
                        .find(member.member().name())
                        .filter(e -> e.kind() == Scope.Kind.FIELD)
                        .isPresent();
        if (inSight) {
            String name = member.member().name();
            return Optional.of(c.fail(Diagnostic.error(
                            "NND0429",
                            member.span(),
                            "the fields of `" + section.name() + "` are in sight by their names")
                    .help("write `" + name + "`")
                    .fix(member.span(), name)));
        }
        if (depth != 2 || !(member.target() instanceof Expr.Member field)) {
            return Optional.of(c.fail(Diagnostic.error(
                            "NND0429", member.span(), "a property of data is `" + section.name() + ".field.property`")
                    .help("such as `" + section.name() + ".label.classes`; the fields themselves are in sight in a"
                            + " train section with `data " + section.name() + "`")));
        }
        return Optional.of(property(declaration, found.get(), field.member(), member.member()));
    }

    private Val property(Decl.Data declaration, FileScope.Found found, Ident field, Ident property) {
        if (c.data().isOpen(declaration)) {
            return c.fail(Diagnostic.error(
                            "NND0429",
                            field.span(),
                            "`" + declaration.name().name() + "` cannot depend on what it says of itself")
                    .label(declaration.name().span(), "declared here"));
        }
        Optional<TypedData> data = c.data().find(found);
        if (data.isEmpty()) {
            return Val.POISON;
        }
        Optional<TypedData.Field> typed = data.get().field(field.name());
        if (typed.isEmpty()) {
            List<String> names =
                    data.get().fields().stream().map(TypedData.Field::name).toList();
            return unknown(field, "`" + data.get().name() + "` has no field", names);
        }
        Map<String, Dim> known = properties(typed.get());
        Dim value = known.get(property.name());
        return value != null
                ? new Val.Const(new Constant.Int(value))
                : unknown(property, "`" + typed.get().name() + "` has no property", List.copyOf(known.keySet()));
    }

    private Val unknown(Ident name, String what, List<String> known) {
        Diagnostic error = Diagnostic.error("NND0429", name.span(), what + " `" + name.name() + "`");
        Optional<String> near = usual(name.name()).filter(known::contains).or(() -> Nearest.to(name.name(), known));
        return c.fail(
                near.isPresent()
                        ? Expressions.suggest(error, name.span(), near)
                        : known.isEmpty() ? error : error.help("there is `" + String.join("`, `", known) + "`"));
    }

    private static Optional<String> usual(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "vocab_size", "vocabulary", "tokens", "size", "num_embeddings" -> "vocab";
                    case "num_classes", "class_count", "names", "count" -> "classes";
                    case "len", "sequence", "context" -> "length";
                    case "features", "dim" -> "width";
                    default -> null;
                });
    }

    /** The properties of a field by name. */
    static Map<String, Dim> properties(TypedData.Field field) {
        var known = new LinkedHashMap<String, Dim>();
        field.label().ifPresent(l -> known.put("classes", Dim.of(l.names().size())));
        field.ids().ifPresent(i -> known.put("vocab", i.count()));
        TensorType type = field.type();
        if (type.rank() == 1) {
            known.put(type.dtype().isFloat() ? "width" : "length", type.dim(0));
            known.put("length", type.dim(0));
        }
        if (type.rank() == 3) {
            known.put("channels", type.dim(0));
            known.put("height", type.dim(1));
            known.put("width", type.dim(2));
        }
        return known;
    }
}
