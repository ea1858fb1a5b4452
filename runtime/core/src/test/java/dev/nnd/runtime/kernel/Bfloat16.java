package dev.nnd.runtime.kernel;

/** Providers in bfloat16 that don't depend on whether it pays on the machine of the test. */
final class Bfloat16 {

    private static final String PROPERTY = "nnd.bf16";

    private Bfloat16() {}

    /** A provider in bfloat16, with a word for the system property that says for which products: on, rows or off. */
    static Provider forced(String products, Provider provider) {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, products);
        try {
            return provider.with(Precision.BF16);
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }
}
