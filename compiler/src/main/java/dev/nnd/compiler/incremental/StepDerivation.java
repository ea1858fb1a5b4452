package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * Derives from the graph of a model that gives scores for the next token at every position the graph of one step: it takes
 * a few tokens more, knows the earlier ones by its caches, and gives the scores behind the last of them.
 *
 * <p>A step's inputs are the tokens i32 [N, T], {@code start} i32 [N], the position of each row's first token, and
 * {@code last} i32 [N], the index of each row's last one: shorter rows are padded behind it, and what the padding leaves in
 * the caches is at positions that nothing sees before it is written again. Its output is [N, vocab]. One graph serves the
 * prompt, with many tokens, and each token after that.
 */
public final class StepDerivation {

    /** The port of the tokens. */
    static final String TOKENS = "tokens";

    /** The port of the result. */
    static final String SCORES = "scores";

    private static final String ROOM = "Context";

    private StepDerivation() {}

    /** What comes out. */
    public sealed interface Result {

        /**
         * The step.
         *
         * @param graph with the ports {@code tokens}, {@code start}, {@code last} and {@code scores}, and caches
         * @param scores their dtype
         * @param vocabulary how many scores a token has
         * @param batch the free dim of the rows
         * @param time the free dim of the tokens of a step
         * @param room the free dim of the positions that caches hold
         */
        record Step(Graph graph, DType scores, Dim vocabulary, String batch, String time, String room)
                implements Result {}

        /**
         * There is none.
         *
         * @param reason one sentence without the place
         * @param origin the op that prevents it; empty if the model's inputs and outputs do
         */
        record Refused(String reason, Optional<Origin> origin) implements Result {}
    }

    /** The port of a number for each row. */
    static String port(StepFunction.Extra extra) {
        return switch (extra) {
            case START -> "start";
            case LAST -> "last";
        };
    }

    /** Derives the step of a model's inference graph as it was lowered. */
    public static Result of(Graph graph) {
        List<Port> inputs =
                graph.inputs().stream().filter(p -> p.role() == Port.Role.INPUT).toList();
        Optional<Value> tokens = inputs.size() == 1
                ? inputs.stream()
                        .map(Port::value)
                        .filter(StepDerivation::isTokens)
                        .findFirst()
                : Optional.empty();
        if (tokens.isEmpty()) {
            boolean fixed = inputs.size() == 1
                    && inputs.getFirst().value().type().rank() == 2
                    && isInteger(inputs.getFirst().value());
            String reason = fixed
                    ? "its tokens are " + inputs.getFirst().value().type()
                            + ", and a decoder takes texts of any length, i32[N, T]"
                    : "a decoder has one input, tokens i32[N, T]";
            return new Result.Refused(reason, Optional.empty());
        }
        Optional<Port> scores = graph.outputs().stream()
                .filter(p -> p.role() == Port.Role.OUTPUT && isScores(p.value(), tokens.get()))
                .findFirst();
        if (scores.isEmpty()) {
            return new Result.Refused(
                    "a decoder has an output of a score for each token of the vocabulary, " + "f32[N, T, vocab]",
                    Optional.empty());
        }
        try {
            return step(graph, inputs.getFirst(), scores.get());
        } catch (NotIncremental refused) {
            return new Result.Refused(String.valueOf(refused.getMessage()), Optional.of(refused.origin()));
        }
    }

    private static Result step(Graph graph, Port tokens, Port scores) {
        String batch = tokens.value().type().dim(0).toString();
        String time = tokens.value().type().dim(1).toString();
        String room = batch.equals(ROOM) || time.equals(ROOM) ? ROOM + "Size" : ROOM;
        var axes = new Axes(batch, time, room);
        var only = new Graph(graph.name(), graph.inputs(), graph.nodes(), List.of(scores));
        List<Known> known =
                graph.inputs().stream().map(p -> Known.of(p.equals(tokens))).toList();
        var step = new StepGraph(
                only, known, List.of(axes.forms(scores.value(), Form.LAST)), axes, new StepFunctions(axes), true);
        return new Result.Step(
                step.program(),
                scores.value().type().dtype(),
                scores.value().type().dim(2),
                batch,
                time,
                room);
    }

    private static boolean isTokens(Value value) {
        return isInteger(value)
                && value.type().rank() == 2
                && isFree(value.type().dim(0))
                && isFree(value.type().dim(1))
                && !value.type().dim(0).equals(value.type().dim(1));
    }

    private static boolean isInteger(Value value) {
        return value.type().dtype() == DType.I32 || value.type().dtype() == DType.I64;
    }

    private static boolean isFree(Dim dim) {
        return dim.variables().size() == 1
                && dim.equals(Dim.variable(dim.variables().iterator().next()));
    }

    private static boolean isScores(Value value, Value tokens) {
        boolean real = value.type().dtype() == DType.F32 || value.type().dtype() == DType.F64;
        return real
                && value.type().rank() == 3
                && value.type().dims().subList(0, 2).equals(tokens.type().dims())
                && value.type().dim(2).variables().stream()
                        .noneMatch(tokens.type().elements().variables()::contains);
    }
}
