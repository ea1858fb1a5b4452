package dev.nnd.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import java.io.Console;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The invariants of ARCHITECTURE.md that byte code can show. */
class ArchitectureTest {

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.nnd");
    }

    /** The rules below pass on nothing at all, so first: every module was read. */
    @Test
    void everyModuleIsRead() {
        for (String name :
                List.of("dev.nnd.grammar.NndGrammar", "dev.nnd.compiler.Compiler", "dev.nnd.runtime.program.Binding")) {
            assertTrue(classes.contain(name), name);
        }
    }

    @Test
    void antlrStaysBehindItsDoor() {
        noClasses()
                .that(not(resideInAnyPackage("dev.nnd.grammar..", "dev.nnd.compiler.parse..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.antlr..")
                .check(classes);
    }

    @Test
    void javaPoetIsTheEmittersOwn() {
        noClasses()
                .that(not(resideInAnyPackage("dev.nnd.compiler.emit..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.palantir.javapoet..")
                .check(classes);
    }

    @Test
    void nativeCallsLiveInTheirPackages() {
        noClasses()
                .that(not(resideInAnyPackage("dev.nnd.runtime.kernel..", "dev.nnd.runtime.foreign..")))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Linker.class, SymbolLookup.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(classes);
    }

    @Test
    void theRuntimeDoesNotKnowTheCompiler() {
        noClasses()
                .that()
                .resideInAPackage("dev.nnd.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.nnd.compiler..", "dev.nnd.grammar..", "dev.nnd.maven..")
                .check(classes);
    }

    @Test
    void stagesReadOnlyWhatComesBefore() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.nnd.compiler..")
                .optionalLayer("parse")
                .definedBy("dev.nnd.compiler.parse..")
                .optionalLayer("ast")
                .definedBy("dev.nnd.compiler.ast..")
                .optionalLayer("type")
                .definedBy("dev.nnd.compiler.type..")
                .optionalLayer("check")
                .definedBy("dev.nnd.compiler.check..")
                .optionalLayer("typed")
                .definedBy("dev.nnd.compiler.typed..")
                .optionalLayer("ir")
                .definedBy("dev.nnd.compiler.ir..")
                .optionalLayer("lower")
                .definedBy("dev.nnd.compiler.lower..")
                .optionalLayer("incremental")
                .definedBy("dev.nnd.compiler.incremental..")
                .optionalLayer("autodiff")
                .definedBy("dev.nnd.compiler.autodiff..")
                .optionalLayer("rewrite")
                .definedBy("dev.nnd.compiler.rewrite..")
                .optionalLayer("plan")
                .definedBy("dev.nnd.compiler.plan..")
                .optionalLayer("emit")
                .definedBy("dev.nnd.compiler.emit..")
                .optionalLayer("repair")
                .definedBy("dev.nnd.compiler.repair..")
                .optionalLayer("onnx")
                .definedBy("dev.nnd.compiler.onnx..")
                .optionalLayer("hdf5")
                .definedBy("dev.nnd.compiler.hdf5..")
                .optionalLayer("keras")
                .definedBy("dev.nnd.compiler.keras..")
                .optionalLayer("front")
                .definedBy("dev.nnd.compiler", "dev.nnd.compiler.cli..", "dev.nnd.compiler.lsp..")
                .whereLayer("front")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("emit")
                .mayOnlyBeAccessedByLayers("front")
                .whereLayer("plan")
                .mayOnlyBeAccessedByLayers("emit", "front")
                .whereLayer("rewrite")
                .mayOnlyBeAccessedByLayers("front")
                .whereLayer("autodiff")
                .mayOnlyBeAccessedByLayers("front")
                .whereLayer("incremental")
                .mayOnlyBeAccessedByLayers("front")
                .whereLayer("lower")
                .mayOnlyBeAccessedByLayers("emit", "front")
                .whereLayer("repair")
                .mayOnlyBeAccessedByLayers("front")
                .whereLayer("onnx")
                .mayOnlyBeAccessedByLayers("keras", "front")
                .whereLayer("keras")
                .mayOnlyBeAccessedByLayers("front")
                .whereLayer("hdf5")
                .mayOnlyBeAccessedByLayers("keras", "front")
                .whereLayer("check")
                .mayOnlyBeAccessedByLayers("repair", "onnx", "front")
                .whereLayer("parse")
                .mayOnlyBeAccessedByLayers("onnx", "front")
                .whereLayer("typed")
                .mayOnlyBeAccessedByLayers("check", "lower", "emit", "onnx", "front")
                .whereLayer("ir")
                .mayOnlyBeAccessedByLayers(
                        "lower", "incremental", "autodiff", "rewrite", "plan", "emit", "onnx", "front")
                .check(classes);
    }

    @Test
    void theCompilerTouchesNoFilesOrConsole() {
        noClasses()
                .that()
                .resideInAPackage("dev.nnd.compiler..")
                .and(not(resideInAnyPackage("dev.nnd.compiler.cli..", "dev.nnd.compiler.lsp..")))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Files.class, Paths.class, java.io.File.class, Console.class, java.time.Clock.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(classes);
    }

    @Test
    void noMutableStatics() {
        fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat(not(resideInAnyPackage("dev.nnd.grammar")))
                .and()
                .doNotHaveModifier(JavaModifier.SYNTHETIC)
                .should()
                .beFinal()
                .check(classes);
    }

    @Test
    void namesSayWhatThingsAre() {
        ArchRule rule = noClasses()
                .that()
                .resideInAPackage("dev.nnd..")
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Base)$");
        rule.check(classes);
    }
}
