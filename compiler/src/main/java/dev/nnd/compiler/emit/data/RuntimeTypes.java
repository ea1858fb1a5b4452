package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ClassName;

/** The runtime's classes that generated data classes refer to. */
final class RuntimeTypes {

    private static final String DATA = "dev.nnd.runtime.data";

    static final ClassName DATASET = ClassName.get(DATA, "Dataset");
    static final ClassName EXAMPLE_ROW = ClassName.get(DATA, "ExampleRow");
    static final ClassName FIELD_SPEC = ClassName.get(DATA, "FieldSpec");
    static final ClassName FORMAT = ClassName.get(DATA, "Format");
    static final ClassName LEARNED = ClassName.get(DATA, "Learned");
    static final ClassName STANDARDIZER = LEARNED.nestedClass("Standardizer");
    static final ClassName ROW = ClassName.get(DATA, "Row");
    static final ClassName SOURCE_SPEC = ClassName.get(DATA, "SourceSpec");
    static final ClassName SPLIT_SPEC = ClassName.get(DATA, "SplitSpec");
    static final ClassName ELEMENT_TYPE = ClassName.get("dev.nnd.runtime.memory", "ElementType");

    static final ClassName VALUES = data("Values");
    static final ClassName PICTURES = data("Pictures");
    static final ClassName PICTURE = data("Picture");
    static final ClassName TABLE_OPTIONS = data("TableOptions");

    private RuntimeTypes() {}

    /** A class of the runtime's data package. */
    static ClassName data(String name) {
        return ClassName.get(DATA, name);
    }
}
