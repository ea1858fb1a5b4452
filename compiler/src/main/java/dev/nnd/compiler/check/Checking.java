package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.type.Assumptions;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of the checker at work on one file; they reach each other through this. */
final class Checking {

    private static final int MOST_WORK = 300_000;

    /** Each level of calls takes a piece of the stack, so there is an end to them. */
    private static final int DEEPEST_CALL = 100;

    private final SourceFile root;
    private final Problems problems;
    private final FileScope library;
    private final Recorder recorder;
    private final Watch watch;
    private final Map<String, Val.FunctionRef> functions = new HashMap<>();
    private final Map<String, Val.BlockUse> made = new HashMap<>();
    private final Types types = new Types(this);
    private final Expressions expressions = new Expressions(this);
    private final Arithmetic arithmetic = new Arithmetic(this);
    private final Arguments arguments = new Arguments(this);
    private final Kinds kinds = new Kinds(this);
    private final Signatures signatures = new Signatures(this);
    private final Calls calls = new Calls(this);
    private final Pipes pipes = new Pipes(this);
    private final Indexing indexing = new Indexing(this);
    private final Blocks blocks = new Blocks(this);
    private final BlockUses uses = new BlockUses(this);
    private final LayerCalls layers = new LayerCalls(this);
    private final Statements statements = new Statements(this);
    private final FunctionResults results = new FunctionResults(this);
    private final Unpacking unpacking = new Unpacking(this);
    private final FunctionTypes functionTypes;
    private final Dims dims = new Dims(this);
    private Assumptions assumptions = Assumptions.NONE;
    private @Nullable DataSections data;
    private Settings settings = new Settings();
    private boolean generic;
    private int work;
    private int depth;
    private boolean tooDeep;

    /** A check of another file on the way, whose findings nobody is told. */
    Checking(SourceFile root, FileScope library, Watch watch) {
        this(root, library, Recorder.OFF, watch.ofWork());
    }

    Checking(SourceFile root, FileScope library, Recorder recorder, Watch watch) {
        this.functionTypes = new FunctionTypes(this);
        this.root = root;
        this.problems = new Problems(root, watch);
        this.library = library;
        this.recorder = recorder;
        this.watch = watch;
    }

    /** One beside the other, whose findings nobody is told: inputs have any dims in it. */
    private Checking(Checking other) {
        this.functionTypes = new FunctionTypes(this, other.functionTypes);
        this.root = other.root;
        this.watch = other.watch.ofWork();
        this.problems = new Problems(root, watch);
        this.library = other.library;
        this.recorder = Recorder.OFF;
        this.functions.putAll(other.functions);
        this.made.putAll(other.made);
        this.data = other.data;
        this.settings = other.settings;
        this.depth = other.depth;
        this.work = other.work;
        this.generic = true;
    }

    /** For a trial beside this check, with inputs of any dims. */
    Checking beside() {
        return new Checking(this);
    }

    /** Told of what is known about places, for editors. */
    Recorder recorder() {
        return recorder;
    }

    Watch watch() {
        return watch;
    }

    Problems problems() {
        return problems;
    }

    FileScope library() {
        return library;
    }

    /** Optimizers and schedules. */
    FileScope training() {
        return library.training();
    }

    /** The parameters of the train section that is being checked. */
    Settings settings() {
        return settings;
    }

    void settings(Settings other) {
        settings = other;
    }

    Types types() {
        return types;
    }

    Expressions expressions() {
        return expressions;
    }

    Arithmetic arithmetic() {
        return arithmetic;
    }

    Arguments arguments() {
        return arguments;
    }

    Kinds kinds() {
        return kinds;
    }

    Signatures signatures() {
        return signatures;
    }

    Calls calls() {
        return calls;
    }

    Pipes pipes() {
        return pipes;
    }

    Indexing indexing() {
        return indexing;
    }

    Blocks blocks() {
        return blocks;
    }

    BlockUses uses() {
        return uses;
    }

    LayerCalls layers() {
        return layers;
    }

    Statements statements() {
        return statements;
    }

    FunctionTypes functionTypes() {
        return functionTypes;
    }

    FunctionResults results() {
        return results;
    }

    Unpacking unpacking() {
        return unpacking;
    }

    /** Comparisons of dims, and what is said when they do not hold. */
    Dims dims() {
        return dims;
    }

    /** What is known of the free dims so far. */
    Assumptions assumptions() {
        return assumptions;
    }

    void assumptions(Assumptions known) {
        assumptions = known;
    }

    /** True if the two dims are equal in every call; in a generic check, if they can be. */
    boolean same(Dim a, Dim b) {
        return dims.same(a, b);
    }

    /** The data sections in sight. */
    DataSections data() {
        if (data == null) {
            throw new IllegalStateException("no data sections are in sight yet");
        }
        return data;
    }

    void data(DataSections sections) {
        data = sections;
    }

    /** True while a block is checked without arguments: what depends on them is not decided then. */
    boolean generic() {
        return generic;
    }

    void generic(boolean on) {
        generic = on;
    }

    /** Counts a loop's round or a function's expansion; false once there are too many, which is reported at the first. */
    boolean goOn(Span span) {
        work++;
        if (work == MOST_WORK) {
            report(Diagnostic.error(
                    "NND0224",
                    span,
                    "the program unrolls to more than " + MOST_WORK + " loop rounds and function calls"));
        }
        return work < MOST_WORK;
    }

    /** Goes into the body of a function or block, if not too many are around it, which is reported once. */
    boolean enter(Span span, String what) {
        if (depth == DEEPEST_CALL) {
            if (!tooDeep) {
                report(Diagnostic.error(
                        "NND0224",
                        span,
                        "the body of " + what + " is inside those of " + DEEPEST_CALL
                                + " functions and blocks that use each other, which is the most"));
            }
            tooDeep = true;
            return false;
        }
        depth++;
        return true;
    }

    /** Comes back from a body. */
    void leave() {
        depth--;
    }

    void report(Diagnostic found) {
        problems.report(found);
    }

    /** Reports an error and gives poison. */
    Val fail(Diagnostic found) {
        problems.report(found);
        return Val.POISON;
    }

    /** Reports that something of the language is not there yet. */
    Val unsupported(String what, Span span) {
        return fail(Diagnostic.error("NND0899", span, what + " is not supported by this version yet"));
    }

    /** A primitive applied; its trace goes on from the first operand unless the shape changes. */
    Val.Tensor apply(
            Primitive primitive, List<Val.Tensor> operands, List<Constant> attributes, TensorType type, At at) {
        dims.needsRoom(primitive, operands, type, at);
        var expr = new TypedExpr.Apply(
                primitive,
                operands.stream().map(Val.Tensor::expr).toList(),
                attributes,
                type,
                problems.place(at.span(), at.env().body().file()));
        Trace trace = operands.isEmpty()
                ? Trace.at(problems.place(at.span()), "is " + type)
                : trace(operands.getFirst(), type, at.span(), Optional.empty());
        return new Val.Tensor(expr, trace);
    }

    /** The trace of a value of that type made from another one. */
    Trace trace(Val.Tensor from, TensorType type, Span span, Optional<String> derivation) {
        if (from.type().equals(type)) {
            return from.trace();
        }
        return new Trace(problems.place(span), "makes " + type, derivation, Optional.of(from.trace()));
    }

    /** Keeps a function under the name that stands for it among constants. */
    Constant.Function constant(Val.FunctionRef ref) {
        Val.FunctionRef plain = ref.plain();
        String name = plain instanceof Val.FunctionRef.Declared d ? d.home().qualified(d.name()) : plain.name();
        functions.put(name, plain);
        return new Constant.Function(name);
    }

    /** Keeps a layer under the name that stands for it among constants: equal layers have equal names. */
    Constant.Layer constant(Val.BlockUse use) {
        String name = (use.home().isLibrary() ? "nnd.std." : "") + use.home().qualified(use.name()) + use.arguments();
        made.put(name, use);
        return new Constant.Layer(name);
    }

    /** What the body of a declaration sees for a constant. */
    Val value(Constant constant) {
        return switch (constant) {
            case Constant.Function f when functions.containsKey(f.name()) -> new Val.Function(functions.get(f.name()));
            case Constant.Function f -> Val.POISON;
            case Constant.Layer l when made.containsKey(l.name()) -> layer(made.get(l.name()));
            case Constant.Layer l -> Val.POISON;
            case Constant.Int i -> new Val.Const(i);
            case Constant.Float f -> new Val.Const(f);
            case Constant.Bool b -> new Val.Const(b);
            case Constant.Text t -> new Val.Const(t);
            case Constant.ListOf l -> new Val.Const(l);
            case Constant.Init i -> new Val.Const(i);
        };
    }

    private static Val layer(Val.BlockUse use) {
        return new Val.Made(use, use.declaration().name().span());
    }

    /** True for a declaration that makes weights. */
    static boolean isBlock(Decl declaration) {
        return declaration instanceof Decl.Block;
    }
}
