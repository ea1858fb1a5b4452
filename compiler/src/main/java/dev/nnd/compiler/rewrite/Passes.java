package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Inlining;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The passes, as data. */
public final class Passes {

    private static final List<Rule> CLEAN = List.of(
            new DeadCode(),
            new CommonSubexpression(),
            new ConstantSize(),
            new ConstantFolding(),
            new NeutralOperand(),
            new IdentityShape(),
            new RepeatedShape(),
            new CastOfCast(),
            new MoveOfNothing(),
            new SliceOfSlice(),
            new SliceOfConcat(),
            new ConcatOfConcat(),
            new PadOfPad(),
            new TransposeAsReshape(),
            new BroadcastIntoElementwise(),
            new ScalarBeforeReshape(),
            new DoubleNegation(),
            new InverseFunctions(),
            new ConstantChoice(),
            new ScaleOfScale(),
            new ReduceOverOnes(),
            new ReduceOfBroadcast());

    private static final List<Rule> RECOGNIZE = List.of(
            new PowerByConstant(),
            new ProductWithItself(),
            new SigmoidOfParts(),
            new SoftplusOfParts(),
            new SoftmaxOfParts(),
            new LogSoftmaxOfParts(),
            new MeanOfSum(),
            new VarianceOfMoments(),
            new QuotientByRoot(),
            new DivisionByConstant(),
            new LogOfSoftmax(),
            new PickToCrossEntropy(),
            new NegateAfterReduce(),
            new MatMulToInnerProduct(),
            new BiasIntoInnerProduct(),
            new PadIntoWindow(),
            new BiasIntoConvolution(),
            new FlattenIntoInnerProduct(),
            new BroadcastIntoMatMul(),
            new TransposeBehindElementwise(),
            new TransposeIntoMatMul(),
            new TransposeAfterMatMul(),
            new ProductBeforeScan(),
            new BiasBeforeScan(),
            new MoveIntoGather());

    private static final List<Rule> FUSE = List.of(
            new StoppedGradient(),
            new UnaryBeforeBroadcast(),
            new UnaryBeforeReshape(),
            new NegateIntoSum(),
            new SumOfPads(),
            new MaximumAsRelu(),
            new BroadcastIntoMatMul(),
            new TransposeBehindElementwise(),
            new BatchNormIntoConvolution(),
            new BatchNormOfRows(),
            new SumIntoConvolution(),
            new ReluIntoConvolution(),
            new ReluIntoInnerProduct(),
            new TransposeIntoMatMul(),
            new TransposeAfterMatMul(),
            new SumAfterScan());

    /** How deep functions call functions that are made for one place. */
    private static final int PLACES_DEPTH = 4;

    private static final List<Rule> PLACES = places(PLACES_DEPTH);

    /** For a graph as it was lowered: cleans it and recognizes the ops that have gradients and kernels of their own. */
    public static final List<Pass> BEFORE_AUTODIFF = beforeAutodiff(Map.of());

    /** For a graph with its gradients, or an inference graph: fuses into provider ops and cleans. */
    public static final List<Pass> AFTER_AUTODIFF = List.of(new Pass("fuse", join(CLEAN, FUSE)));

    private Passes() {}

    private static List<Rule> places(int depth) {
        List<Rule> here = List.of(new PlaceBeforeRows(), new PlaceBeforeProduct());
        return depth == 0
                ? here
                : join(here, List.of(new PlaceBeforeCall(List.of(new Pass("places", join(places(depth - 1), CLEAN))))));
    }

    private static List<Rule> join(List<Rule> a, List<Rule> b) {
        return Stream.concat(a.stream(), b.stream()).toList();
    }

    /** {@link #BEFORE_AUTODIFF} for a graph whose free dims are known to have these sizes as a rule. */
    public static List<Pass> beforeAutodiff(Map<String, Long> sizes) {
        List<Rule> tables = List.of(new ProductBeforeGather(sizes));
        return List.of(
                new Pass("clean", CLEAN),
                new Pass("recognize", join(RECOGNIZE, CLEAN)),
                new Pass("tables", join(tables, CLEAN)),
                new Pass("places", join(PLACES, CLEAN)));
    }

    /** All rules, each once. */
    static List<Rule> rules() {
        return Stream.of(CLEAN, RECOGNIZE, List.<Rule>of(new ProductBeforeGather(Map.of())), PLACES, FUSE)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /** {@link #BEFORE_AUTODIFF}, without the trace. */
    public static Graph beforeAutodiff(Graph graph) {
        return beforeAutodiff(graph, Map.of());
    }

    /** {@link #beforeAutodiff(Map)}, without the trace. */
    public static Graph beforeAutodiff(Graph graph, Map<String, Long> sizes) {
        List<Pass> passes = beforeAutodiff(sizes);
        Graph clean = RewriteDriver.run(passes, graph).graph();
        // Equal calls are one call now: a function that is called once is none.
        return Inlining.singleCalls(clean)
                .map(inlined -> RewriteDriver.run(passes, inlined).graph())
                .orElse(clean);
    }

    /** {@link #AFTER_AUTODIFF}, without the trace. */
    public static Graph afterAutodiff(Graph graph) {
        return RewriteDriver.run(AFTER_AUTODIFF, graph).graph();
    }
}
