package dev.nnd.compiler.emit.kernel;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;

/**
 * What lets threads share the kernels of a class: beside each kernel a method that hands all its rows to a {@code SharedCall},
 * and {@code part}, which does some of them.
 */
final class SharedKernels {

    private static final ClassName CALL = ClassName.get("dev.nnd.runtime.kernel", "SharedCall");
    private static final String NAME = "shared";

    private SharedKernels() {}

    /** Adds these methods, if there is a kernel to share. */
    static void add(TypeSpec.Builder type, ClassName self, List<NamedKernel> kernels) {
        List<NamedKernel> shared =
                kernels.stream().filter(NamedKernel::isShared).toList();
        if (shared.isEmpty()) {
            return;
        }
        type.addSuperinterface(CALL.nestedClass("Kernels"));
        var part = MethodSpec.methodBuilder("part")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addParameter(int.class, "kernel")
                .addParameter(CALL, NAME)
                .addParameter(long.class, "from")
                .addParameter(long.class, "to");
        Lines cases = new Lines().open("switch (kernel)");
        for (int number = 0; number < shared.size(); number++) {
            type.addMethod(whole(shared.get(number), number));
            cases.add("case " + number + " -> " + part(shared.get(number)));
        }
        cases.add("default -> throw new IllegalArgumentException(\"there is no kernel \" + kernel)")
                .close();
        type.addMethod(part.addCode("$L", cases).build());
        if (shared.stream().anyMatch(SharedKernels::hasPlainTwin)) {
            addPlain(type, self);
        }
        if (shared.stream().anyMatch(SharedKernels::isPure)) {
            addWarmth(type, shared.size());
        }
    }

    /** Whether its rows may be done again: nothing is updated. */
    private static boolean isPure(NamedKernel kernel) {
        var graph = kernel.source().body().graph();
        return kernel.source().signature().share().cut().isOfRows()
                && kernel.source().loops().vector() != null
                && graph.outputs().stream().noneMatch(p -> p.role() == Port.Role.UPDATED)
                && graph.nodes().stream().noneMatch(n -> n.op() instanceof Op.Indexing);
    }

    /** Counts calls as long as vectors are objects. */
    private static void addWarmth(TypeSpec.Builder type, int kernels) {
        type.addField(FieldSpec.builder(int[].class, "warmth", Modifier.PRIVATE, Modifier.FINAL)
                .initializer("new int[$L]", kernels)
                .build());
        type.addMethod(MethodSpec.methodBuilder("warmth")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .returns(int[].class)
                .addStatement("return warmth")
                .build());
    }

    private static boolean hasPlainTwin(NamedKernel kernel) {
        return kernel.source().signature().isFlat() && kernel.source().loops().vector() != null;
    }

    /** Calls that are too seldom for vectors run these loops. */
    private static void addPlain(TypeSpec.Builder type, ClassName self) {
        type.addField(FieldSpec.builder(self, "PLAIN", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("new $T()", self)
                .build());
        type.addMethod(MethodSpec.methodBuilder("plain")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .returns(CALL.nestedClass("Kernels"))
                .addStatement("return PLAIN")
                .build());
    }

    private static MethodSpec whole(NamedKernel kernel, int number) {
        Signature signature = kernel.source().signature();
        var method = MethodSpec.methodBuilder(kernel.name())
                .addModifiers(Modifier.FINAL)
                .addParameter(CALL, NAME);
        var call = new StringBuilder(NAME + ".of(this, " + number + ")");
        for (String segment : signature.segments()) {
            method.addParameter(MemorySegment.class, segment);
            call.append(".with(").append(segment).append(')');
        }
        if (signature.isFlat()) {
            method.addParameter(long.class, Share.ELEMENTS);
        }
        for (Signature.Size size : signature.sizes()) {
            method.addParameter(long.class, size.name());
            call.append(".with(").append(size.name()).append(')');
        }
        if (signature.placed()) {
            method.addParameter(String.class, "place");
            call.append(".at(place)");
        }
        Share share = signature.share();
        String all = isPure(kernel) ? "pureRows" : share.cut().call();
        var statement = new Lines().add(call + "." + all + "(" + share.count() + ", " + share.units() + ")");
        return method.addCode("$L", statement).build();
    }

    /** {@code relu(shared.segment(0), shared.segment(1), from, to)}. */
    private static String part(NamedKernel kernel) {
        Signature signature = kernel.source().signature();
        var arguments = new ArrayList<String>();
        for (int i = 0; i < signature.segments().size(); i++) {
            arguments.add(NAME + ".segment(" + i + ")");
        }
        arguments.add("from");
        arguments.add("to");
        for (int i = 0; i < signature.sizes().size(); i++) {
            arguments.add(NAME + ".size(" + i + ")");
        }
        if (signature.placed()) {
            arguments.add(NAME + ".place()");
        }
        return kernel.name() + "(" + String.join(", ", arguments) + ")";
    }
}
