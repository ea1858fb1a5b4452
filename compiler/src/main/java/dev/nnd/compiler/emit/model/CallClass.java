package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.RuntimeNames;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The nested class by which callers fill, run and read a program without copies. */
final class CallClass {

    private final String model;
    private final ClassName program;
    private final List<String> dims;
    private final List<Edge> inputs;
    private final List<Edge> outputs;
    private final boolean draws;

    /**
     * A call of a model.
     *
     * @param dims the Java names of the free dims
     * @param draws true if it draws random numbers
     */
    CallClass(
            String model, ClassName program, List<String> dims, List<Edge> inputs, List<Edge> outputs, boolean draws) {
        this.model = model;
        this.program = program;
        this.dims = dims;
        this.inputs = inputs;
        this.outputs = outputs;
        this.draws = draws;
    }

    TypeSpec type() {
        TypeName pool = ParameterizedTypeName.get(RuntimeNames.PROGRAM_POOL, program);
        var type = TypeSpec.classBuilder("Call")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addSuperinterface(AutoCloseable.class)
                .addJavadoc(
                        "Memory and ops of one run, borrowed from the model: fill the inputs, run, read the outputs. Use it\n"
                                + "from one thread at a time and close it; the segments are its own until then.\n")
                .addField(field(pool, "pool"))
                .addField(field(program, "program"))
                .addField(TypeName.BOOLEAN, "closed", Modifier.PRIVATE);
        if (draws) {
            type.addField(field(RuntimeNames.DRAWS, "draws"));
        }
        dims.forEach(d -> type.addField(field(TypeName.INT, d)));
        var constructor = MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(pool, "pool")
                .addParameter(program, "program")
                .addStatement("this.pool = pool")
                .addStatement("this.program = program");
        if (draws) {
            constructor.addParameter(RuntimeNames.DRAWS, "draws").addStatement("this.draws = draws");
        }
        dims.forEach(d -> constructor.addParameter(TypeName.INT, d).addStatement("this.$1L = $1L", d));
        type.addMethod(constructor.build());
        inputs.forEach(e -> type.addMethod(segment(e, "To fill: ")));
        type.addMethod(MethodSpec.methodBuilder("run")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Computes the outputs from the inputs. Allocates nothing.\n")
                .addCode(draws ? "draws.next(open());\n" : "")
                .addStatement("open().run()")
                .build());
        outputs.forEach(e -> type.addMethod(segment(e, "To read after a run: ")));
        return type.addMethod(close()).addMethod(open()).build();
    }

    private static FieldSpec field(TypeName type, String name) {
        return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.FINAL).build();
    }

    private static MethodSpec segment(Edge edge, String purpose) {
        return MethodSpec.methodBuilder(edge.java())
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L$L, row-major.\n", purpose, edge.describe())
                .returns(MemorySegment.class)
                .addStatement("return open().$L()", edge.java())
                .build();
    }

    private MethodSpec close() {
        var method = MethodSpec.methodBuilder("close")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Gives the memory back to the model. The segments must not be used afterwards.\n")
                .beginControlFlow("if (!closed)")
                .addStatement("closed = true")
                .addStatement(
                        "pool.giveBack(program$L)",
                        dims.stream().map(d -> ", " + d).collect(Collectors.joining()))
                .endControlFlow();
        return method.build();
    }

    private MethodSpec open() {
        return MethodSpec.methodBuilder("open")
                .addModifiers(Modifier.PRIVATE)
                .returns(program)
                .beginControlFlow("if (closed)")
                .addStatement("throw new $T($S)", IllegalStateException.class, "This call of " + model + " is closed.")
                .endControlFlow()
                .addStatement("return program")
                .build();
    }
}
