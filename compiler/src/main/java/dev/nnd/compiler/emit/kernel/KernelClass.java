package dev.nnd.compiler.emit.kernel;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.SourceText;
import dev.nnd.compiler.ir.Port;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** The class of some kernels in plain loops, and the subclass that overrides those that vectors serve. */
final class KernelClass {

    private static final ClassName LOADER = ClassName.get("dev.nnd.runtime.kernel", "KernelLoader");
    private static final ClassName NATIVE_MEMORY = ClassName.get("dev.nnd.runtime.kernel", "NativeMemory");
    private static final ClassName FLOAT_VECTOR = ClassName.get("jdk.incubator.vector", "FloatVector");
    private static final ClassName SPECIES = ClassName.get("jdk.incubator.vector", "VectorSpecies");
    private static final SourceText TEXT = new SourceText(List.of(
            NATIVE_MEMORY,
            ClassName.get("dev.nnd.runtime.kernel", "Arithmetic"),
            ClassName.get("dev.nnd.runtime.kernel", "Floats"),
            ClassName.get("dev.nnd.runtime.kernel", "Indices"),
            ClassName.get("dev.nnd.runtime.kernel", "Lanes"),
            ClassName.get("dev.nnd.runtime.kernel", "Ordering"),
            ClassName.get("dev.nnd.runtime.kernel", "RowVectors"),
            ClassName.get("dev.nnd.runtime.memory", "ElementType"),
            ClassName.get("dev.nnd.runtime.random", "RandomNumbers"),
            ClassName.get(Objects.class),
            FLOAT_VECTOR,
            ClassName.get("jdk.incubator.vector", "VectorMask"),
            ClassName.get("jdk.incubator.vector", "VectorOperators")));
    private static final int MOST_PLACES = 4;
    private static final int WIDTH = 90;

    private final String packageName;
    private final String name;
    private final String nndFile;
    private final List<NamedKernel> kernels;

    KernelClass(String packageName, String name, String nndFile, List<NamedKernel> kernels) {
        this.packageName = packageName;
        this.name = name;
        this.nndFile = nndFile;
        this.kernels = kernels;
    }

    GeneratedFile scalar() {
        var self = ClassName.get(packageName, name);
        var type = TypeSpec.classBuilder(self)
                .addJavadoc(
                        "The elementwise and row-wise steps of $L in plain loops: a method each. Segments are row-major\n"
                                + "and may be in place of one another; sizes count elements. What takes {@code from} and\n"
                                + "{@code to} does a part of its rows; what takes a {@code SharedCall} does them all, by threads if that pays.\n"
                                + "Addresses are checked once a call: see {@link $T}.\n",
                        Docs.fileName(nndFile),
                        NATIVE_MEMORY)
                .addField(FieldSpec.builder(self, "INSTANCE", Modifier.STATIC, Modifier.FINAL)
                        .addJavadoc("These loops, or their twins on the Vector API where the JVM has it.\n")
                        .initializer("$T.load($T.class, $T::new)", LOADER, self, self)
                        .build())
                .addField(FieldSpec.builder(MemorySegment.class, "MEMORY", Modifier.STATIC, Modifier.FINAL)
                        .initializer("$T.ALL", NATIVE_MEMORY)
                        .build());
        var sources = new ArrayList<String>();
        for (NamedKernel kernel : kernels) {
            String source = kernel.source().loops().scalar();
            sources.add(source);
            type.addMethod(method(kernel)
                    .addJavadoc("$L", doc(kernel))
                    .addCode(TEXT.code(source))
                    .build());
        }
        SharedKernels.add(type, self, kernels);
        return GeneratedFile.of(packageName, nndFile, type.build(), false, SourceText.layouts(sources));
    }

    Optional<GeneratedFile> vector() {
        String vectorName = name.substring(0, name.length() - "Kernels".length()) + "VectorKernels";
        var type = TypeSpec.classBuilder(vectorName)
                .addModifiers(Modifier.FINAL)
                .superclass(ClassName.get(packageName, name))
                .addJavadoc("{@link $L} on the Vector API: whole vectors here, the rest of a row as there.\n", name)
                .addField(FieldSpec.builder(
                                ParameterizedTypeName.get(SPECIES, ClassName.get(Float.class)), "SPECIES", constant())
                        .initializer("$T.SPECIES_PREFERRED", FLOAT_VECTOR)
                        .build())
                .addField(FieldSpec.builder(int.class, "LANES", constant())
                        .initializer("SPECIES.length()")
                        .build())
                .addField(FieldSpec.builder(long.class, "SMALL", constant())
                        .addJavadoc("Fewer elements are left to the plain loops.\n")
                        .initializer("16 * LANES")
                        .build())
                .addField(FieldSpec.builder(ByteOrder.class, "ORDER", constant())
                        .initializer("$T.nativeOrder()", ByteOrder.class)
                        .build());
        var sources = new ArrayList<String>();
        for (NamedKernel kernel : kernels) {
            String source = kernel.source().loops().vector();
            if (source != null) {
                String named = source.replace("super." + KernelSource.NAME + "(", "super." + kernel.name() + "(");
                sources.add(named);
                type.addMethod(method(kernel)
                        .addAnnotation(Override.class)
                        .addCode(TEXT.code(named))
                        .build());
            }
        }
        return sources.isEmpty()
                ? Optional.empty()
                : Optional.of(GeneratedFile.of(packageName, nndFile, type.build(), true, SourceText.layouts(sources)));
    }

    private static Modifier[] constant() {
        return new Modifier[] {Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL};
    }

    private static MethodSpec.Builder method(NamedKernel kernel) {
        var method = MethodSpec.methodBuilder(kernel.name());
        Signature signature = kernel.source().signature();
        signature.segments().forEach(s -> method.addParameter(MemorySegment.class, s));
        if (signature.ranged()) {
            method.addParameter(long.class, "from").addParameter(long.class, "to");
        }
        signature.sizes().forEach(s -> method.addParameter(long.class, s.name()));
        for (Signature.Scalar scalar : signature.scalars()) {
            method.addParameter(scalarType(scalar.type()), scalar.name());
        }
        if (signature.placed()) {
            method.addParameter(String.class, "place");
        }
        return method;
    }

    private static Class<?> scalarType(String type) {
        return switch (type) {
            case "double" -> double.class;
            case "float" -> float.class;
            case "long" -> long.class;
            case "int" -> int.class;
            default -> boolean.class;
        };
    }

    private static String doc(NamedKernel kernel) {
        KernelBody body = kernel.source().body();
        var text = new StringBuilder();
        for (String equation : Formula.of(body)) {
            text.append(text.isEmpty() ? "" : ",\n").append(Docs.code(equation));
        }
        text.append(".\nShapes: ");
        var shapes = new ArrayList<String>();
        body.graph().inputs().stream().filter(KernelBody::isTensor).forEach(p -> shapes.add(shape(body, p)));
        for (Port port : body.graph().outputs()) {
            String shape = shape(body, port);
            if (!shapes.contains(shape)) {
                shapes.add(shape);
            }
        }
        text.append(wrapped(shapes)).append('.');
        List<String> places = kernel.places().stream().limit(MOST_PLACES).toList();
        if (!places.isEmpty()) {
            boolean more = kernel.places().size() > MOST_PLACES;
            text.append(' ').append(String.join(", ", places)).append(more ? " and more" : "");
        }
        return text.append('\n').toString();
    }

    private static String wrapped(List<String> items) {
        var text = new StringBuilder();
        int column = "Shapes: ".length();
        for (String item : items) {
            boolean full = column + item.length() > WIDTH;
            text.append(text.isEmpty() ? "" : full ? ",\n" : ", ").append(item);
            column = (full ? 0 : column + 2) + item.length();
        }
        return text.toString();
    }

    private static String shape(KernelBody body, Port port) {
        return body.parameter(port) + " " + port.value().type().toString().toLowerCase(Locale.ROOT);
    }
}
