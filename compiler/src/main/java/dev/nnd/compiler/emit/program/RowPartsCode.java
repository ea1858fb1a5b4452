package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.BatchRows;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The methods that bind a prediction whose batch threads may compute in parts, a program for each thread. */
final class RowPartsCode {

    private static final String ONE_THREAD = "oneThread";

    private final ProgramUnit unit;
    private final BatchRows rows;
    private final DimCode dims;
    private final ProgramResults results;

    RowPartsCode(ProgramUnit unit, BatchRows rows, DimCode dims, ProgramResults results) {
        this.unit = unit;
        this.rows = rows;
        this.dims = dims;
        this.results = results;
    }

    /** The type of the field that holds the parts. */
    static TypeName parts(ProgramUnit unit) {
        return ParameterizedTypeName.get(RuntimeNames.ROW_PARTS, unit.name());
    }

    List<MethodSpec> methods() {
        return List.of(bind(), plannedBytes(), split(), part());
    }

    private MethodSpec bind() {
        return method("bind", unit.name())
                .addJavadoc("A program with memory of its own; close it.\n")
                .addStatement("var parts = parts(provider, net$L)", arguments(""))
                .addStatement("var program = parts.commit()")
                .addStatement("program.parts = parts")
                .addStatement("return program")
                .build();
    }

    private MethodSpec plannedBytes() {
        return method("plannedBytes", TypeName.LONG)
                .addJavadoc("How many bytes {@link #bind} takes, without taking them.\n")
                .addStatement("return parts(provider, net$L).plannedBytes()", arguments(""))
                .build();
    }

    private MethodSpec split() {
        var scope = new JavaNames(dims.parameters());
        String provider = scope.unique(ONE_THREAD);
        String some = scope.unique("rows");
        return method("parts", parts(unit), Modifier.PRIVATE)
                .addJavadoc("Examples have nothing to do with each other: threads may compute some of them each.\n")
                .addStatement(
                        "return $T.of(provider, net.parameters(), $L,$W$L,$W($L, $L) -> part($L, net$L))",
                        RuntimeNames.ROW_PARTS,
                        dims.parameter(rows.variable()),
                        dims.code(rows.flops()),
                        provider,
                        some,
                        provider,
                        arguments(some))
                .build();
    }

    private MethodSpec part() {
        TypeName type = ParameterizedTypeName.get(RuntimeNames.ROW_PARTS.nestedClass("Part"), unit.name());
        return method("part", type, Modifier.PRIVATE)
                .addStatement(
                        "var at = new $T($S, provider, net.parameters())",
                        RuntimeNames.BINDING,
                        unit.owner().simpleName())
                .addStatement("var program = new $T(at, net$L)", unit.name(), arguments(""))
                .addStatement(
                        "return new $T.Part<>(at, program, program::forward,$W$L,$W$L)",
                        RuntimeNames.ROW_PARTS,
                        results.ports("program", Port.Role.INPUT),
                        results.ports("program", Port.Role.OUTPUT))
                .build();
    }

    /** The sizes of free dims as arguments, with another number of rows if it is not empty. */
    private String arguments(String some) {
        var all = new ArrayList<String>();
        String whole = dims.parameter(rows.variable());
        dims.parameters().forEach(n -> all.add(n.equals(whole) && !some.isEmpty() ? some : n));
        return all.stream().map(n -> ", " + n).collect(Collectors.joining());
    }

    private MethodSpec.Builder method(String name, TypeName result, Modifier... access) {
        var method = MethodSpec.methodBuilder(name)
                .addModifiers(access)
                .addModifiers(Modifier.STATIC)
                .returns(result)
                .addParameter(RuntimeNames.PROVIDER, "provider")
                .addParameter(unit.weights(), "net");
        dims.parameters().forEach(n -> method.addParameter(int.class, n));
        return method;
    }
}
