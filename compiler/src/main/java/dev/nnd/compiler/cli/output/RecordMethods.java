package dev.nnd.compiler.cli.output;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Map;

/** The methods that every record has, as {@link java.lang.runtime.ObjectMethods} makes them, with the same results. */
final class RecordMethods {

    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final ClassDesc TEXT = ClassDesc.of("java.lang.StringBuilder");
    private static final Map<ClassDesc, ClassDesc> BOXES = Map.of(
            ConstantDescs.CD_boolean, ConstantDescs.CD_Boolean,
            ConstantDescs.CD_byte, ConstantDescs.CD_Byte,
            ConstantDescs.CD_short, ConstantDescs.CD_Short,
            ConstantDescs.CD_char, ConstantDescs.CD_Character,
            ConstantDescs.CD_int, ConstantDescs.CD_Integer,
            ConstantDescs.CD_long, ConstantDescs.CD_Long,
            ConstantDescs.CD_float, ConstantDescs.CD_Float,
            ConstantDescs.CD_double, ConstantDescs.CD_Double);

    private final CodeBuilder code;
    private final ClassDesc self;
    private final List<Field> fields;

    private RecordMethods(CodeBuilder code, ClassDesc self, List<Field> fields) {
        this.code = code;
        this.self = self;
        this.fields = fields;
    }

    private record Field(String name, ClassDesc type) {

        static Field of(ConstantDesc getter) {
            var handle = (DirectMethodHandleDesc) getter;
            return new Field(handle.methodName(), handle.invocationType().returnType());
        }
    }

    /** Writes the body of one; {@code arguments} are the record's class, the names of its fields, and their getters. */
    static void write(CodeBuilder code, ClassDesc self, String method, List<ConstantDesc> arguments) {
        List<Field> fields =
                arguments.subList(2, arguments.size()).stream().map(Field::of).toList();
        var methods = new RecordMethods(code, self, fields);
        switch (method) {
            case "hashCode" -> methods.hash();
            case "equals" -> methods.equal();
            case "toString" -> methods.text();
            default -> throw new IllegalArgumentException("records have no method " + method);
        }
    }

    private void hash() {
        code.iconst_0();
        for (Field field : fields) {
            code.bipush(31).imul();
            get(0, field);
            ClassDesc box = BOXES.get(field.type());
            if (box == null) {
                code.invokestatic(
                        OBJECTS, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object));
            } else {
                code.invokestatic(box, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, field.type()));
            }
            code.iadd();
        }
        code.ireturn();
    }

    private void equal() {
        var same = code.newLabel();
        var different = code.newLabel();
        code.aload(0).aload(1).if_acmpeq(same);
        code.aload(1).instanceOf(self).ifeq(different);
        code.aload(1).checkcast(self).astore(2);
        for (Field field : fields) {
            get(0, field);
            get(2, field);
            ClassDesc box = BOXES.get(field.type());
            if (box == null) {
                var type =
                        MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
                code.invokestatic(OBJECTS, "equals", type).ifeq(different);
            } else {
                var type = MethodTypeDesc.of(ConstantDescs.CD_int, field.type(), field.type());
                code.invokestatic(box, "compare", type).ifne(different);
            }
        }
        code.labelBinding(same).iconst_1().ireturn();
        code.labelBinding(different).iconst_0().ireturn();
    }

    private void text() {
        String name = self.displayName();
        code.new_(TEXT).dup().invokespecial(TEXT, "<init>", ConstantDescs.MTD_void);
        append(name.substring(name.lastIndexOf('$') + 1) + "[");
        String separator = "";
        for (Field field : fields) {
            append(separator + field.name() + "=");
            get(0, field);
            append(field.type());
            separator = ", ";
        }
        append("]");
        code.invokevirtual(TEXT, "toString", MethodTypeDesc.of(ConstantDescs.CD_String))
                .areturn();
    }

    private void append(String words) {
        code.loadConstant(words);
        append(ConstantDescs.CD_String);
    }

    private void append(ClassDesc type) {
        boolean small = type.equals(ConstantDescs.CD_byte) || type.equals(ConstantDescs.CD_short);
        boolean asItIs = type.isPrimitive() || type.equals(ConstantDescs.CD_String);
        ClassDesc taken = small ? ConstantDescs.CD_int : asItIs ? type : ConstantDescs.CD_Object;
        code.invokevirtual(TEXT, "append", MethodTypeDesc.of(TEXT, taken));
    }

    private void get(int variable, Field field) {
        code.aload(variable).getfield(self, field.name(), field.type());
    }
}
