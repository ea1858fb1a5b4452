package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Reads types as written. */
final class Types {

    /** The words for what is known at compile time. */
    static final List<String> WORDS =
            List.of("int", "float", "bool", "string", "initializer", "pair", "triple", "padding", "block");

    /** Any tensor, in a function's signature. */
    static final String ANY = "tensor";

    private final Checking c;

    Types(Checking c) {
        this.c = c;
    }

    /** The dtype of that name; an unknown one is reported. */
    Optional<DType> dtype(Ident name) {
        Optional<DType> found = DType.named(name.name());
        if (found.isEmpty()) {
            unknown(name, false);
        }
        return found;
    }

    private void unknown(Ident name, boolean words) {
        var known = new TreeSet<String>();
        Arrays.stream(DType.values()).map(DType::text).forEach(known::add);
        if (words) {
            known.addAll(WORDS);
        }
        Diagnostic error = Diagnostic.error("NND0217", name.span(), "there is no type `" + name.name() + "`");
        Optional<String> usual = usualName(name.name()).or(() -> Nearest.to(name.name(), known));
        c.report(
                usual.isPresent()
                        ? error.help("did you mean `" + usual.get() + "`?").fix(name.span(), usual.get())
                        : error.help("the types are " + String.join(", ", known)));
    }

    /** What other languages call it. */
    private static Optional<String> usualName(String name) {
        return switch (name) {
            case "float32", "Float", "single" -> Optional.of("f32");
            case "float64", "double", "Double" -> Optional.of("f64");
            case "float16", "half" -> Optional.of("f16");
            case "bfloat16" -> Optional.of("bf16");
            case "int32", "i16", "u16", "u32", "integer" -> Optional.of("i32");
            case "int64", "long", "Long" -> Optional.of("i64");
            case "int8" -> Optional.of("i8");
            case "uint8", "byte" -> Optional.of("u8");
            case "boolean", "Boolean" -> Optional.of("bool");
            case "str", "String" -> Optional.of("string");
            case "layer", "Layer", "module", "Module", "Block" -> Optional.of("block");
            default -> Optional.empty();
        };
    }

    /** A tensor type whose dims are all known by name; what is wrong is reported. */
    Optional<TensorType> tensor(TypeExpr written, Env env) {
        return switch (written) {
            case TypeExpr.Named n -> dtype(n.name()).map(TensorType::scalar);
            case TypeExpr.Tensor t -> {
                Optional<DType> dtype = dtype(t.dtype());
                Optional<List<Dim>> dims = dims(t.dims(), env);
                yield dtype.isPresent() && dims.isPresent()
                        ? Optional.of(new TensorType(dtype.get(), dims.get()))
                        : Optional.empty();
            }
            case TypeExpr.Classes k -> notTensor(k, "`class[...]` is a type of a data field");
            case TypeExpr.ListOf l -> notTensor(l, "a list is a type of a parameter");
            case TypeExpr.Tuple t -> notTensor(t, "several types are the result of a function");
            case TypeExpr.Function f -> notTensor(f, "a function is a type of a parameter");
        };
    }

    private Optional<TensorType> notTensor(TypeExpr written, String message) {
        c.report(Diagnostic.error("NND0217", written.span(), message + ", a tensor type is needed here")
                .help("write a dtype and dims, such as `f32[N, 10]`"));
        return Optional.empty();
    }

    /** Dims; {@code ...} stands for what it was bound to. */
    Optional<List<Dim>> dims(List<Expr> written, Env env) {
        var dims = new ArrayList<Dim>();
        boolean ok = true;
        for (Expr expr : written) {
            if (expr instanceof Expr.Ellipsis) {
                ok &= rest(expr, env, dims);
                continue;
            }
            Optional<Dim> dim = dim(expr, env);
            dim.ifPresent(dims::add);
            ok &= dim.isPresent();
        }
        return ok ? Optional.of(dims) : Optional.empty();
    }

    private boolean rest(Expr expr, Env env, List<Dim> into) {
        Optional<List<Dim>> rest = env.scope().rest();
        if (rest.isEmpty()) {
            c.report(Diagnostic.error("NND0317", expr.span(), "`...` has no meaning here, since no input has `...`"));
            return false;
        }
        into.addAll(rest.get());
        return true;
    }

    /** One dim, at least 1. */
    Optional<Dim> dim(Expr expr, Env env) {
        Optional<Dim> dim = integer(expr, env, "a dim");
        if (dim.isPresent()
                && dim.get().constant().isPresent()
                && dim.get().constant().getAsLong() < 1) {
            c.report(Diagnostic.error(
                    "NND0316",
                    expr.span(),
                    "a dim is at least 1, and `" + expr.span().text() + "` is " + dim.get()));
            return Optional.empty();
        }
        return dim;
    }

    /** An integer known at compile time, perhaps with dim variables. */
    Optional<Dim> integer(Expr expr, Env env, String what) {
        if (expr instanceof Expr.Name name && env.scope().find(name.name()).isEmpty()) {
            c.report(unknownDim(name, env));
            return Optional.empty();
        }
        Val value = c.expressions().eval(expr, env);
        return switch (value) {
            case Val.Const(Constant.Int(Dim dim)) -> Optional.of(dim);
            case Val.Poison p -> Optional.empty();
            case Val.None n -> wrong(expr, what, value);
            case Val.Tensor t -> wrong(expr, what, value);
            case Val.Const k -> wrong(expr, what, value);
            case Val.Condition k -> wrong(expr, what, value);
            case Val.Tuple t -> wrong(expr, what, value);
            case Val.Outputs o -> wrong(expr, what, value);
            case Val.Function f -> wrong(expr, what, value);
            case Val.BlockName b -> wrong(expr, what, value);
            case Val.Made m -> wrong(expr, what, value);
            case Val.Instance i -> wrong(expr, what, value);
        };
    }

    private Optional<Dim> wrong(Expr expr, String what, Val value) {
        c.report(Diagnostic.error("NND0205", expr.span(), what + " is an int, got " + Val.describe(value)));
        return Optional.empty();
    }

    private static Diagnostic unknownDim(Expr.Name name, Env env) {
        Diagnostic error = Diagnostic.error("NND0317", name.span(), "there is no dim `" + name.name() + "` here");
        if (env.scope().names().isEmpty()) {
            return error.help("write a number");
        }
        return Nearest.to(name.name(), env.scope().names())
                .map(n -> error.help("did you mean `" + n + "`?").fix(name.span(), n))
                .orElse(error.help("dims are bound by the inputs' types; a parameter `" + name.name()
                        + ": int` would do as well"));
    }
}
