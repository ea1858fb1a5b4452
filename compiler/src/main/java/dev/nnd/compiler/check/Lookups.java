package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Ids against the tables that they are looked up in. A block is checked once for its input types, so what it looks up is
 * found in its checked body, and compared where it is called with values whose ids are known to be below a count.
 */
final class Lookups {

    private static final Pattern DIGITS = Pattern.compile("\\d[\\d_]*");

    /** What keeps the values of its first operand. */
    private static final Set<Primitive> KEEPS =
            EnumSet.of(Primitive.RESHAPE, Primitive.FLATTEN, Primitive.TRANSPOSE, Primitive.CAST);

    /** An input of a block that is looked up in a table of so many rows, at a place. */
    record Lookup(int input, Dim rows, Span span) {}

    private final Checking c;
    private final Map<TypedBlock, List<Lookup>> known = new IdentityHashMap<>();
    private final Set<List<Object>> reported = new HashSet<>();

    Lookups(Checking c) {
        this.c = c;
    }

    /** Reports ids that a table inside the called block has no row for; each mistake once, however often it is called. */
    void check(Val.Instance instance, TypedBlock block, List<Signatures.Actual> inputs) {
        boolean ids = inputs.stream().anyMatch(i -> i.value().classes().isPresent());
        if (!ids || c.generic()) {
            return;
        }
        for (Lookup lookup : of(block)) {
            Signatures.Actual input = inputs.get(lookup.input());
            Optional<Val.Classes> classes = input.value().classes();
            // What is learned from data is compared once it is read.
            boolean tooFew = classes.isPresent()
                    && classes.get().count().constant().isPresent()
                    && lookup.rows().constant().isPresent()
                    && classes.get().count().constant().getAsLong()
                            > lookup.rows().constant().getAsLong();
            if (tooFew && reported.add(List.of(classes.get().span(), lookup.span()))) {
                c.report(tooFew(instance, lookup, classes.get(), input));
            }
        }
    }

    private Diagnostic tooFew(Val.Instance instance, Lookup lookup, Val.Classes classes, Signatures.Actual input) {
        Dim count = classes.count();
        Dim rows = lookup.rows();
        Diagnostic error = Diagnostic.error(
                        "NND0419",
                        input.span(),
                        "the ids go from 0 to " + count.minus(Dim.ONE) + ", and `"
                                + instance.use().name() + "` has room for " + rows + " of them")
                .label(classes.span(), "ids below " + count)
                .label(lookup.span(), "looked up here, where there is room for " + rows);
        return offers(error, instance, lookup, classes).help("make room for " + count + ", or make fewer ids");
    }

    /** The table's size is often a parameter's default; the ids' count is often an option. */
    private static Diagnostic offers(Diagnostic error, Val.Instance instance, Lookup lookup, Val.Classes classes) {
        Dim rows = lookup.rows();
        Diagnostic offered = error;
        String more = classes.count().toString();
        for (Decl.Parameter parameter : instance.use().declaration().parameters()) {
            boolean size = parameter.defaultValue().isPresent()
                    && parameter.defaultValue().get() instanceof Expr.IntLiteral literal
                    && rows.is(
                            literal.value().bitLength() < 63 ? literal.value().longValue() : -1);
            if (size) {
                offered = offered.candidate(
                        "write `" + parameter.name().name() + ": int = " + more + "`",
                        parameter.defaultValue().get().span(),
                        more);
            }
        }
        Optional<Span> room = number(lookup.span(), rows);
        if (room.isPresent()) {
            offered = offered.candidate("make room for " + more, room.get(), more);
        }
        Optional<Span> ids = number(classes.span(), classes.count());
        return ids.isPresent() ? offered.candidate("make ids below " + rows, ids.get(), rows.toString()) : offered;
    }

    /** Where a number is written within a place. */
    private static Optional<Span> number(Span place, Dim value) {
        var digits = DIGITS.matcher(place.text());
        while (digits.find()) {
            if (digits.group().replace("_", "").equals(value.toString())) {
                return Optional.of(
                        new Span(place.file(), place.start() + digits.start(), place.start() + digits.end()));
            }
        }
        return Optional.empty();
    }

    /** What a block looks up, found once. */
    private List<Lookup> of(TypedBlock block) {
        List<Lookup> before = known.get(block);
        if (before != null) {
            return before;
        }
        var found = new Finder(block).find();
        known.put(block, found);
        return found;
    }

    /** The lookups of one block, through its bindings in order. */
    private final class Finder {
        private final TypedBlock block;
        private final Map<String, Integer> inputs = new HashMap<>();
        private final Map<Integer, Integer> locals = new HashMap<>();
        private final List<Lookup> found = new ArrayList<>();

        Finder(TypedBlock block) {
            this.block = block;
            for (int i = 0; i < block.inputs().size(); i++) {
                inputs.put(block.inputs().get(i).name(), i);
            }
        }

        List<Lookup> find() {
            for (TypedBlock.Binding binding : block.body()) {
                switch (binding) {
                    case TypedBlock.Binding.Value v -> {
                        inside(v.value());
                        origin(v.value()).ifPresent(i -> locals.put(v.id(), i));
                    }
                    case TypedBlock.Binding.Call call -> called(call);
                }
            }
            block.outputs().forEach(o -> inside(o.value()));
            return List.copyOf(found);
        }

        private void called(TypedBlock.Binding.Call call) {
            call.operands().forEach(this::inside);
            for (Lookup lookup : of(call.block())) {
                origin(call.operands().get(lookup.input()))
                        .ifPresent(i -> found.add(new Lookup(i, lookup.rows(), call.span())));
            }
        }

        private void inside(TypedExpr value) {
            var open = new ArrayDeque<TypedExpr>();
            open.push(value);
            while (!open.isEmpty()) {
                if (open.pop() instanceof TypedExpr.Apply apply) {
                    apply.operands().forEach(open::push);
                    rows(apply)
                            .ifPresent(rows -> origin(apply.operands().getFirst())
                                    .ifPresent(i -> found.add(new Lookup(i, rows, apply.span()))));
                }
            }
        }

        /** How many different indices an operation has a place for. */
        private Optional<Dim> rows(TypedExpr.Apply apply) {
            return switch (apply.primitive().text()) {
                case "embedding" -> Optional.of(apply.operands().get(1).type().dim(0));
                case "one_hot" -> Optional.of(apply.type().dim(-1));
                default -> Optional.empty();
            };
        }

        /** The input whose values these are. */
        private Optional<Integer> origin(TypedExpr value) {
            TypedExpr at = value;
            while (at instanceof TypedExpr.Apply apply && KEEPS.contains(apply.primitive())) {
                at = apply.operands().getFirst();
            }
            return switch (at) {
                case TypedExpr.Input i -> Optional.ofNullable(inputs.get(i.name()));
                case TypedExpr.Local l -> Optional.ofNullable(locals.get(l.id()));
                case TypedExpr other -> Optional.empty();
            };
        }
    }
}
