package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Train sections made by hand, as the checker would make them. */
final class Sections {

    private static final Span SPAN = new Span(new SourceFile("toys.nnd", "minimize x using adam(lr: lr)"), 0, 29);
    private static final Dim N = Dim.variable("N");

    private Sections() {}

    /** Images of 4 pixels in 3 classes, by cross entropy. */
    static TypedTrain images() {
        TensorType pixels = f32(1, 2, 2);
        DataExpr scaled = new DataExpr.Binary(
                Primitive.DIVIDE,
                new DataExpr.Images(pixels.as(DType.U8), SPAN),
                new DataExpr.Number(255, f32(), SPAN),
                pixels,
                SPAN);
        var label = new TypedData.Label(List.of("0", "1", "2"), false);
        var data = data(
                "Digits",
                TypedData.Format.IDX,
                new TypedData.Field("image", "", pixels, Optional.empty(), scaled, SPAN),
                new TypedData.Field("label", "", i32(), Optional.of(label), new DataExpr.Labels(i32(), SPAN), SPAN));
        TypedExpr logits = new TypedExpr.CallOutput(0, 0, batched(f32(3)), SPAN);
        TypedExpr logs = new TypedExpr.Local(1, batched(f32(3)), SPAN);
        TypedExpr picked =
                apply(Primitive.PICK, batched(f32()), logs, new TypedExpr.Input("label", batched(i32()), SPAN));
        return train(
                "DigitsTraining",
                data,
                f32(1, 2, 2),
                f32(3),
                "image",
                picked,
                new TypedBlock.Binding.Value(
                        1, Optional.empty(), apply(Primitive.LOG_SOFTMAX, batched(f32(3)), logits)));
    }

    /** Column y from column x, both standardized, by mean squared error. */
    static TypedTrain columns() {
        var data = data(
                "Points",
                TypedData.Format.CSV,
                new TypedData.Field("x", "", f32(1), Optional.empty(), standardized(0, "x"), SPAN),
                new TypedData.Field("y", "", f32(1), Optional.empty(), standardized(1, "y"), SPAN));
        TypedExpr output = new TypedExpr.CallOutput(0, 0, batched(f32(1)), SPAN);
        TypedExpr error =
                apply(Primitive.SUBTRACT, batched(f32(1)), output, new TypedExpr.Input("y", batched(f32(1)), SPAN));
        return train(
                "FitPoints",
                data,
                f32(1),
                f32(1),
                "x",
                apply(Primitive.MEAN, f32(), apply(Primitive.SQUARE, batched(f32(1)), error)));
    }

    private static DataExpr standardized(int id, String column) {
        return new DataExpr.Standardize(id, new DataExpr.Column(column, f32(1), SPAN), f32(1), SPAN);
    }

    private static TypedData data(String name, TypedData.Format format, TypedData.Field... fields) {
        var declaration = new Decl.Data("", ident(name), Optional.empty(), List.of(), SPAN);
        List<String> files = format == TypedData.Format.IDX ? List.of("images", "labels") : List.of("points.csv");
        return new TypedData(
                declaration,
                "toys",
                List.of(new TypedData.Source("train", format, files, SPAN)),
                List.of(),
                List.of(fields));
    }

    private static TypedTrain train(
            String name,
            TypedData data,
            TensorType input,
            TensorType output,
            String field,
            TypedExpr loss,
            TypedBlock.Binding... more) {
        var declaration = new Decl.Block("", false, true, ident("Net"), List.of(), List.of(), SPAN);
        TypedExpr value = new TypedExpr.Input("in", batched(output), SPAN);
        var block = new TypedBlock(
                declaration,
                false,
                Map.of(),
                List.of(new TypedBlock.Input("in", "", batched(input), SPAN)),
                List.of(),
                List.of(),
                List.of(),
                List.of(new TypedBlock.Output("out", "", batched(output), value, SPAN)),
                List.of());
        var model = new TypedModel(declaration, "toys", block, Set.of("N"));
        var body = new ArrayList<TypedBlock.Binding>();
        body.add(new TypedBlock.Binding.Call(
                0, "net", block, List.of(new TypedExpr.Input(field, batched(input), SPAN)), SPAN));
        body.addAll(List.of(more));
        var lr = new OptimizerSpec.ScalarExpr.Binary(
                Primitive.MULTIPLY,
                new OptimizerSpec.ScalarExpr.Setting("data"),
                new OptimizerSpec.ScalarExpr.Number(1));
        var optimizer = new OptimizerSpec(OptimizerSpec.Kind.SGD, Map.of("lr", lr));
        return new TypedTrain(
                new Decl.Train("Fits.", ident(name), List.of(), List.of(), SPAN),
                "toys",
                List.of(new TypedTrain.Setting("data", 0.1, SPAN)),
                List.of(),
                List.of(new TypedTrain.Trained(
                        "net", model, model, Optional.empty(), false, Set.of(), Optional.empty(), SPAN)),
                data,
                body,
                List.of(new TypedTrain.Minimize(loss, List.of("net"), optimizer, SPAN)),
                List.of(),
                new TypedTrain.Run(OptionalLong.of(60), OptionalLong.empty(), 8, 3, Optional.empty()));
    }

    private static Ident ident(String name) {
        return new Ident(name, SPAN);
    }

    private static TypedExpr apply(Primitive primitive, TensorType type, TypedExpr... operands) {
        return new TypedExpr.Apply(primitive, List.of(operands), List.of(), type, SPAN);
    }

    private static TensorType f32(int... dims) {
        return new TensorType(
                DType.F32, java.util.Arrays.stream(dims).mapToObj(Dim::of).toList());
    }

    private static TensorType i32() {
        return TensorType.scalar(DType.I32);
    }

    private static TensorType batched(TensorType one) {
        var dims = new ArrayList<>(List.of(N));
        dims.addAll(one.dims());
        return one.withDims(dims);
    }
}
