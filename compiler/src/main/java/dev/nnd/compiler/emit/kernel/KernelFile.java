package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Writing;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The kernels of one .nnd file. Programs add theirs and get a method to call; equal kernels are one method. At the end
 * {@link #files} writes the class of plain loops and its twin on the Vector API, more of them if there are many kernels.
 */
public final class KernelFile {

    /** So many kernels make a file of some 400 lines, if they are short. */
    private static final int KERNELS_OF_A_CLASS = 12;

    /** The loops of a class have no more lines, but for one kernel alone. */
    private static final int LINES_OF_A_CLASS = 300;

    private final String packageName;
    private final String nndFile;
    private final Writing writing;
    private final String stem;
    private final JavaNames names = new JavaNames(List.of("load", "INSTANCE", "plain", "part", "warmth"));
    private final Map<String, NamedKernel> kernels = new LinkedHashMap<>();
    private int classes;
    private int kernelsOfClass = KERNELS_OF_A_CLASS;
    private int linesOfClass;

    /**
     * A file without kernels.
     *
     * @param packageName the Java package; empty for none
     * @param nndFile the .nnd file's name; {@code mnist_cnn.nnd} makes {@code MnistCnnKernels}
     */
    public KernelFile(String packageName, String nndFile) {
        this(packageName, nndFile, Writing.USUAL);
    }

    /**
     * A file without kernels.
     *
     * @param writing how the programs are written that call these kernels
     */
    public KernelFile(String packageName, String nndFile, Writing writing) {
        this.packageName = packageName;
        this.writing = writing;
        this.nndFile = nndFile;
        this.stem = JavaNames.type(JavaNames.stem(nndFile));
    }

    /** The first kernels' class, such as {@code MnistCnnKernels}. */
    public String className() {
        return className(0);
    }

    /** How the programs are written that call these kernels. */
    public Writing writing() {
        return writing;
    }

    /** Adds a step's kernel. */
    public KernelMethod add(Step.Kernel step) {
        KernelSource source = KernelSource.of(step);
        NamedKernel kernel = intern(step.name(), source);
        kernel.usedAt(Docs.place(step.origin().span()));
        return new KernelMethod(kernel.className(), kernel.name(), arguments(source));
    }

    /** Adds the update of an optimizer: elementwise over one axis, UPDATED ports in place of the inputs of their names. */
    public UpdateKernel update(String name, Graph update) {
        List<String> variables = update.inputs().stream()
                .flatMap(p -> p.value().type().dims().stream())
                .flatMap(d -> d.variables().stream())
                .distinct()
                .toList();
        KernelSource source = KernelSource.of(update, variables);
        NamedKernel kernel = intern(name, source);
        List<String> slabs = update.inputs().stream()
                .filter(KernelBody::isTensor)
                .map(Port::name)
                .toList();
        List<String> scalars = update.inputs().stream()
                .filter(p -> !KernelBody.isTensor(p))
                .map(Port::name)
                .toList();
        return new UpdateKernel(kernel.className(), kernel.name(), slabs, scalars);
    }

    /** The sources: none if no kernel was added. */
    public List<GeneratedFile> files() {
        var files = new ArrayList<GeneratedFile>();
        Map<String, List<NamedKernel>> byClass = new LinkedHashMap<>();
        kernels.values()
                .forEach(k -> byClass.computeIfAbsent(k.className(), _ -> new ArrayList<>())
                        .add(k));
        byClass.forEach((name, some) -> {
            var type = new KernelClass(packageName, name, nndFile, some);
            files.add(type.scalar());
            type.vector().ifPresent(files::add);
        });
        return files;
    }

    private NamedKernel intern(String wanted, KernelSource source) {
        return kernels.computeIfAbsent(source.key(), _ -> {
            String name = names.unique(JavaNames.member(wanted));
            return new NamedKernel(nextClass(source.loops()), name, source);
        });
    }

    /** The class that the next kernel goes to. */
    private String nextClass(KernelLoops loops) {
        String longer = loops.vector() == null ? loops.scalar() : loops.vector();
        int lines = (int) longer.lines().count();
        if (kernelsOfClass == KERNELS_OF_A_CLASS || linesOfClass + lines > LINES_OF_A_CLASS) {
            classes++;
            kernelsOfClass = 0;
            linesOfClass = 0;
        }
        kernelsOfClass++;
        linesOfClass += lines;
        return className(classes - 1);
    }

    private String className(int index) {
        return stem + (index == 0 ? "" : index + 1) + "Kernels";
    }

    private static List<KernelMethod.Argument> arguments(KernelSource source) {
        var arguments = new ArrayList<KernelMethod.Argument>();
        KernelBody body = source.body();
        Signature signature = source.signature();
        if (signature.share().isPossible()) {
            arguments.add(new KernelMethod.Shared());
        }
        for (int i = 0; i < body.graph().inputs().size(); i++) {
            Port port = body.graph().inputs().get(i);
            if (KernelBody.isTensor(port)) {
                arguments.add(new KernelMethod.Input(i));
            }
        }
        for (int i = 0; i < body.graph().outputs().size(); i++) {
            if (body.graph().outputs().get(i).role() != Port.Role.UPDATED) {
                arguments.add(new KernelMethod.Output(i));
            }
        }
        if (signature.isFlat()) {
            if (!signature.share().isPossible()) {
                arguments.add(new KernelMethod.RangeStart());
            }
            arguments.add(new KernelMethod.RangeEnd(body.axisDim(0)));
        }
        signature.sizes().forEach(s -> arguments.add(new KernelMethod.Size(s.dim())));
        signature.scalars().forEach(s -> arguments.add(new KernelMethod.Scalar(s.name())));
        if (signature.placed()) {
            arguments.add(new KernelMethod.Place());
        }
        return arguments;
    }
}
