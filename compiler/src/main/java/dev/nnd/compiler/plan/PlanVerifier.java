package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.Buffer.Layout;
import dev.nnd.compiler.plan.Buffer.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Checks that a plan is well made. */
public final class PlanVerifier {

    private final ExecutionPlan plan;
    private final Set<Integer> written = new HashSet<>();
    private final Set<Integer> released = new HashSet<>();

    private PlanVerifier(ExecutionPlan plan) {
        this.plan = plan;
    }

    /**
     * Checks that every buffer is written before it is read and not used once it is released, that only row-major
     * values are viewed and in-place results fit, that kernels hold what their kind allows and get the layouts that
     * they need, that names and ids are unique and all output ports are written.
     *
     * @return the same plan
     * @throws IllegalStateException if it is not so; a bug of the planner
     */
    public static ExecutionPlan verify(ExecutionPlan plan) {
        var verifier = new PlanVerifier(plan);
        verifier.buffers();
        for (int i = 0; i < plan.steps().size(); i++) {
            verifier.step(plan.steps().get(i));
            verifier.release(plan.releases().get(i));
        }
        verifier.end();
        return plan;
    }

    /** The problem is put into words only if there is one: a step's words are its whole kernel. */
    private void require(boolean condition, Supplier<String> problem) {
        if (!condition) {
            throw new IllegalStateException("plan " + plan.name() + ": " + problem.get());
        }
    }

    private Buffer buffer(int id) {
        return plan.buffers().get(id);
    }

    private int root(int id) {
        return BufferTable.root(plan.buffers(), id);
    }

    private int layoutClass(int id) {
        return BufferTable.layoutClass(plan.buffers(), id);
    }

    private void buffers() {
        var names = new HashSet<String>();
        require(plan.releases().size() == plan.steps().size(), () -> "releases don't match the steps");
        for (int i = 0; i < plan.buffers().size(); i++) {
            Buffer b = buffer(i);
            require(b.id() == i && names.add(b.name()), () -> "id or name of " + b + " is not its own");
            boolean edge = b.storage() != Storage.ARENA && b.storage() != Storage.VIEW;
            require(b.port().isPresent() == edge, () -> "port and storage of " + b + " don't agree");
            require(b.storage() != Storage.VIEW || b.viewOf().isPresent(), () -> b + " is a view of nothing");
            b.viewOf().ifPresent(of -> view(b, buffer(of)));
            boolean given = b.port().isPresent() && isInput(b.port().get());
            if (given) {
                written.add(i);
            }
        }
    }

    private static boolean isInput(Port port) {
        return switch (port.role()) {
            case INPUT, PARAMETER, BUFFER, CACHE, SCALAR, STATE -> true;
            case OUTPUT, GRADIENT, LOSS, METRIC, UPDATED -> false;
        };
    }

    private void view(Buffer view, Buffer of) {
        boolean reshape = view.layout() == Layout.PLAIN
                && of.layout() == Layout.PLAIN
                && view.type().elements().equals(of.type().elements())
                && view.type().dtype() == of.type().dtype();
        boolean inPlace = view.type().equals(of.type()) && layoutClass(view.id()) == layoutClass(of.id());
        require(reshape || inPlace, () -> view + " is no view of " + of);
    }

    private void step(Step step) {
        for (int id : step.inputs()) {
            boolean lendsLayout = !Lifetimes.reads(step).contains(id);
            require(lendsLayout || isWritten(id), () -> step + " reads " + buffer(id) + " before it is written");
            require(
                    lendsLayout || !released.contains(root(id)),
                    () -> step + " reads " + buffer(id) + " after its release");
        }
        for (int id : step.outputs()) {
            Storage storage = buffer(id).storage();
            require(
                    storage != Storage.PARAMETER && !(storage == Storage.PORT && written.contains(id)),
                    () -> step + " overwrites " + buffer(id));
            require(!released.contains(root(id)), () -> step + " writes " + buffer(id) + " after its release");
            written.add(id);
        }
        switch (step) {
            case Step.Primitive p -> primitive(p);
            case Step.Kernel k -> kernel(k);
            case Step.Call c -> call(c);
            case Step.Scan s -> scan(s);
            case Step.Reorder r ->
                require(
                        layoutClass(r.to()) == (r.like() < 0 ? -1 : layoutClass(r.like())),
                        () -> r + " makes another layout than it says");
        }
    }

    /** A reshape is written with what it is a view of; an in-place result by its own step. */
    private boolean isWritten(int id) {
        return written.contains(id)
                || (buffer(id).viewOf().isPresent()
                        && isWritten(buffer(id).viewOf().get()));
    }

    /** What the function takes and makes in row-major order is so on this side too. */
    private void call(Step.Call step) {
        List<Buffer> operands = step.function().operands();
        List<Buffer> results = step.function().results();
        require(operands.size() == step.inputs().size(), () -> step + " has other operands than its function");
        require(results.size() == step.outputs().size(), () -> step + " has other results than its function");
        for (int i = 0; i < operands.size(); i++) {
            rowMajor(step, operands.get(i), step.inputs().get(i));
        }
        for (int i = 0; i < results.size(); i++) {
            rowMajor(step, results.get(i), step.outputs().get(i));
        }
    }

    private void scan(Step.Scan step) {
        List<Buffer> operands = step.body().operands();
        require(operands.size() == step.inputs().size(), () -> step + " has other operands than its body");
        require(step.body().results().size() == step.outputs().size(), () -> step + " has other results than its body");
        for (int i = 0; i < operands.size(); i++) {
            rowMajor(step, operands.get(i), step.inputs().get(i));
        }
        for (Buffer result : step.body().results()) {
            require(result.layout() == Layout.PLAIN, () -> step + " collects " + result + ", which is not row-major");
        }
        step.outputs().forEach(id -> require(layoutClass(id) < 0, () -> step + " makes " + buffer(id)));
    }

    private void rowMajor(Step step, Buffer inside, int outside) {
        boolean fits = inside.layout() == Layout.PROVIDER || layoutClass(outside) < 0;
        require(fits, () -> step + " needs " + buffer(outside) + " in row-major order");
    }

    private void primitive(Step.Primitive step) {
        require(Unit.form(step.op()) == Unit.Form.PRIMITIVE, () -> step + " is no op of a provider");
        boolean rowMajor = step.op() instanceof Op.MatMul;
        for (int id : step.inputs()) {
            require(!rowMajor || buffer(id).layout() == Layout.PLAIN, () -> step + " needs row-major operands");
        }
    }

    private void kernel(Step.Kernel step) {
        Graph body = step.body();
        require(body.inputs().size() == step.inputs().size(), () -> step + " has other operands than its body");
        require(body.outputs().size() == step.outputs().size(), () -> step + " has other results than its body");
        long reductions =
                body.nodes().stream().filter(n -> n.op() instanceof Op.Reduce).count();
        switch (step.kind()) {
            case MAP, BROADCAST -> require(reductions == 0 && elementwise(body), () -> step + " is not elementwise");
            case REDUCE -> require(reductions == 1 && elementwise(body), () -> step + " is no single reduction");
            case ROWS -> require(rows(body), () -> step + " does not go over rows");
            case SINGLE ->
                require(
                        body.nodes().size() == 1
                                && Unit.form(body.nodes().getFirst().op()) == Unit.Form.SINGLE,
                        () -> step + " is no single op");
        }
        layouts(step);
        var variables = new HashSet<String>();
        body.inputs().forEach(p -> p.value().type().dims().forEach(d -> variables.addAll(d.variables())));
        body.outputs().forEach(p -> p.value().type().dims().forEach(d -> variables.addAll(d.variables())));
        require(step.sizes().keySet().containsAll(variables), () -> step + " leaves a size open");
    }

    private static boolean rows(Graph body) {
        return body.nodes().stream()
                .allMatch(n -> Unit.form(n.op()) == Unit.Form.ELEMENTWISE
                        || n.op() instanceof Op.Reduce
                        || RowFusion.RowShape.isSoftmax(n.op()));
    }

    private static boolean elementwise(Graph body) {
        for (Node node : body.nodes()) {
            if (Unit.form(node.op()) != Unit.Form.ELEMENTWISE && !(node.op() instanceof Op.Reduce)) {
                return false;
            }
        }
        return true;
    }

    /** All arrays of a mapping kernel have one layout; all others are row-major. */
    private void layouts(Step.Kernel step) {
        var classes = new HashSet<Integer>();
        for (int i = 0; i < step.inputs().size(); i++) {
            boolean array = step.body().inputs().get(i).value().type().rank() > 0;
            require(
                    array || layoutClass(step.inputs().get(i)) < 0,
                    () -> step + " reads a scalar from a provider's layout");
            if (array) {
                classes.add(layoutClass(step.inputs().get(i)));
            }
        }
        step.outputs().forEach(id -> classes.add(layoutClass(id)));
        boolean fits = step.kind() == Step.Kind.MAP ? classes.size() == 1 : classes.equals(Set.of(-1));
        require(fits, () -> step + " mixes layouts " + classes);
    }

    private void release(List<Integer> ids) {
        for (int id : ids) {
            require(buffer(id).storage() == Storage.ARENA && released.add(id), () -> "wrong release of " + buffer(id));
        }
    }

    private void end() {
        var writtenRoots = new HashSet<Integer>();
        written.forEach(id -> writtenRoots.add(root(id)));
        var kept = new HashSet<Integer>();
        for (Buffer b : plan.buffers()) {
            if (b.port().isPresent()) {
                kept.add(root(b.id()));
                require(isWritten(b.id()) || writtenRoots.contains(b.id()), () -> "nothing writes the port " + b);
            }
        }
        Set<Integer> feedPorts = feedPorts();
        for (Buffer b : plan.buffers()) {
            boolean dead = released.contains(b.id());
            require(!dead || !kept.contains(b.id()), () -> b + " is released although a port is in it");
            require(
                    b.storage() != Storage.ARENA || dead || kept.contains(b.id()) || feedPorts.contains(b.id()),
                    () -> b + " is never released");
        }
    }

    /** The buffers that a reorder, which may do nothing, brings into something that is never released. */
    private Set<Integer> feedPorts() {
        var feed = new HashSet<Integer>();
        for (Step step : plan.steps().reversed()) {
            if (step instanceof Step.Reorder r && !released.contains(root(r.to()))) {
                feed.add(root(r.from()));
            }
        }
        return feed;
    }
}
