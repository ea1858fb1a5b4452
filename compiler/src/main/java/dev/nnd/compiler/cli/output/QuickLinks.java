package dev.nnd.compiler.cli.output;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;

/**
 * Classes whose pattern switches and record methods need no linking. {@code javac} leaves both to the JVM, which generates code for each at its
 * first use, and JDK 25 can't keep that code in its ahead-of-time cache: a third of the time of a short process. Here each becomes a
 * method of its class, with the same results.
 */
final class QuickLinks {

    private static final int FLAGS = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;

    private final ClassModel model;
    private final ClassDesc self;
    private final boolean ofInterface;
    private final List<Made> made = new ArrayList<>();

    private QuickLinks(ClassModel model) {
        this.model = model;
        this.self = model.thisClass().asSymbol();
        this.ofInterface = model.flags().has(AccessFlag.INTERFACE);
    }

    /** What an instruction left to the JVM, as a method. */
    private record Made(String name, InvokeDynamicInstruction left) {}

    /** The class, or the same bytes if it has nothing to link. */
    static byte[] of(byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        boolean some = model.methods().stream()
                .anyMatch(m -> m.code().stream()
                        .flatMap(code -> code.elementStream())
                        .anyMatch(e -> e instanceof InvokeDynamicInstruction left && isKnown(left)));
        return some ? new QuickLinks(model).transformed() : bytes;
    }

    private byte[] transformed() {
        ClassTransform bodies = ClassTransform.transformingMethodBodies(this::instruction);
        return ClassFile.of().transformClass(model, bodies.andThen(ClassTransform.endHandler(this::methods)));
    }

    private void instruction(CodeBuilder code, CodeElement element) {
        if (element instanceof InvokeDynamicInstruction left && isKnown(left)) {
            String name = "$" + left.name().stringValue() + "$" + made.size();
            made.add(new Made(name, left));
            code.invokestatic(self, name, left.typeSymbol(), ofInterface);
        } else {
            code.with(element);
        }
    }

    private void methods(ClassBuilder into) {
        for (Made method : made) {
            InvokeDynamicInstruction left = method.left();
            into.withMethodBody(method.name(), left.typeSymbol(), FLAGS, code -> body(code, left));
        }
    }

    private void body(CodeBuilder code, InvokeDynamicInstruction left) {
        if (isSwitch(left)) {
            choose(code, left);
        } else {
            RecordMethods.write(code, self, left.name().stringValue(), left.bootstrapArgs());
        }
    }

    /** The number of the first type, from {@code from} on, that the value has; as many as there are if none, -1 for null. */
    private static void choose(CodeBuilder code, InvokeDynamicInstruction left) {
        var some = code.newLabel();
        code.aload(0).ifnonnull(some).iconst_m1().ireturn().labelBinding(some);
        int types = left.bootstrapArgs().size();
        for (int i = 0; i < types; i++) {
            var next = code.newLabel();
            code.iload(1).loadConstant(i).if_icmpgt(next);
            code.aload(0).instanceOf((ClassDesc) left.bootstrapArgs().get(i)).ifeq(next);
            code.loadConstant(i).ireturn().labelBinding(next);
        }
        code.loadConstant(types).ireturn();
    }

    private static boolean isKnown(InvokeDynamicInstruction left) {
        return isSwitch(left) || isRecord(left);
    }

    private static boolean isRecord(InvokeDynamicInstruction left) {
        return left.bootstrapMethod().owner().equals(ClassDesc.of("java.lang.runtime.ObjectMethods"));
    }

    /** A switch over types alone; one that also names constants stays with the JVM. */
    private static boolean isSwitch(InvokeDynamicInstruction left) {
        return left.bootstrapMethod().owner().equals(ClassDesc.of("java.lang.runtime.SwitchBootstraps"))
                && left.bootstrapMethod().methodName().equals("typeSwitch")
                && !left.typeSymbol().parameterType(0).isPrimitive()
                && left.bootstrapArgs().stream().allMatch(a -> a instanceof ClassDesc c && !c.isPrimitive());
    }
}
