package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is computed at compile time, from types and lists; and {@code cast}. */
final class CompileTimeBuiltins {

    private CompileTimeBuiltins() {}

    static void add(Map<String, Builtin> table) {
        Builtins.add(
                table,
                "rank",
                "x",
                call -> call.tensor("x")
                        .<Val>map(x -> Val.Const.of((long) x.type().rank()))
                        .orElse(Val.POISON));
        Builtins.add(
                table,
                "classes",
                "x",
                call -> call.tensor("x")
                        .<Val>map(x -> new Val.Const(new Constant.Int(x.classes()
                                .filter(k -> !k.ids())
                                .map(Val.Classes::count)
                                .orElse(Dim.of(0)))))
                        .orElse(Val.POISON));
        Builtins.add(table, "dim", "x axis", ShapeRules::dim);
        Builtins.add(table, "shape", "x", CompileTimeBuiltins::shape);
        Builtins.add(table, "len", "list", CompileTimeBuiltins::len);
        Builtins.add(table, "reverse", "list", Lists::reverse);
        Builtins.bracket(table, "cast", "x -> cast[f32]", CompileTimeBuiltins::cast);
    }

    private static Val shape(BuiltinCall call) {
        return call.tensor("x")
                .<Val>map(x -> new Val.Const(new Constant.ListOf(x.type().dims().stream()
                        .map(d -> (Constant) new Constant.Int(d))
                        .toList())))
                .orElse(Val.POISON);
    }

    private static Val len(BuiltinCall call) {
        return switch (call.value("list")) {
            case Val.Const(Constant.ListOf(List<Constant> items)) -> Val.Const.of((long) items.size());
            case Val.Tuple t -> Val.Const.of((long) t.items().size());
            case Val other -> call.fail(call.error("NND0205", "`len` takes a list, got " + Val.describe(other)));
        };
    }

    private static Val cast(BracketCall call) {
        Optional<List<Expr>> items = call.items();
        Val value = call.operand();
        if (items.isEmpty() || value instanceof Val.Poison) {
            return Val.POISON;
        }
        if (items.get().size() != 1 || !(items.get().getFirst() instanceof Expr.Name name)) {
            return call.c().fail(call.error("NND0217", "`cast` takes one dtype, such as `cast[f32]`"));
        }
        Optional<DType> dtype = call.c().types().dtype(new Ident(name.name(), name.span()));
        return dtype.isEmpty() ? Val.POISON : cast(value, dtype.get(), call);
    }

    private static Val cast(Val value, DType dtype, BracketCall call) {
        if (value instanceof Val.Const(Constant k) && ConstantFolding.number(k).isPresent()) {
            return Val.Const.of(ConstantFolding.number(k).getAsDouble());
        }
        if (!(value instanceof Val.Tensor x)) {
            Diagnostic error = call.error("NND0205", "`cast` takes a tensor, got " + Val.describe(value));
            return call.c().fail(value instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
        }
        return to(x, dtype, call.c(), call.at());
    }

    /** The tensor in another dtype. */
    static Val.Tensor to(Val.Tensor x, DType dtype, Checking c, At at) {
        if (x.type().dtype() == dtype) {
            return x;
        }
        List<Constant> attributes = List.of(new Constant.Text(dtype.text()));
        return c.apply(Primitive.CAST, List.of(x), attributes, x.type().as(dtype), at);
    }
}
