package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import javax.lang.model.element.Modifier;

/** The enum of a label field. */
final class LabelEnum {

    private LabelEnum() {}

    static TypeSpec type(String name, TypedData.Field field, TypedData.Label label) {
        String doc = field.doc().isEmpty() ? "" : Docs.text(field.doc()) + "\n\n<p>";
        var type = TypeSpec.enumBuilder(name)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(
                        "$LThe classes of field $L, by index. $L\n",
                        doc,
                        Docs.code(field.name()),
                        Docs.place(field.span()));
        List<String> constants = LabelNames.constants(label.names(), label.named());
        for (int i = 0; i < constants.size(); i++) {
            type.addEnumConstant(
                    constants.get(i),
                    TypeSpec.anonymousClassBuilder("$S", label.names().get(i)).build());
        }
        var values = ParameterizedTypeName.get(ClassName.get(List.class), ClassName.bestGuess(name));
        return type.addField(FieldSpec.builder(values, "BY_INDEX", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                        .initializer("$T.of(values())", List.class)
                        .build())
                .addField(String.class, "text", Modifier.PRIVATE, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addParameter(String.class, "text")
                        .addStatement("this.text = text")
                        .build())
                .addMethod(MethodSpec.methodBuilder("text")
                        .addModifiers(Modifier.PUBLIC)
                        .addJavadoc("The name as the data section or the data spells it.\n")
                        .returns(String.class)
                        .addStatement("return text")
                        .build())
                .addMethod(MethodSpec.methodBuilder("of")
                        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                        .addJavadoc("The class of that index, from 0 to $L.\n", constants.size() - 1)
                        .addParameter(int.class, "index")
                        .returns(ClassName.bestGuess(name))
                        .addStatement("return BY_INDEX.get(index)")
                        .build())
                .build();
    }
}
