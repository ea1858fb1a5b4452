package dev.nnd.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The contenders, and what their processes are started with so that each is at its best. */
public enum Library {
    NND("nnd", List.of("--add-modules", "jdk.incubator.vector")),
    /** nnd that rounds the operands of products to bfloat16. */
    NND_BF16("nnd-bf16", List.of("--add-modules", "jdk.incubator.vector", "-Dbenchmarks.precision=bf16")),
    /** nnd with products of weights in eight bits. */
    NND_INT8("nnd-int8", List.of("--add-modules", "jdk.incubator.vector", "-Dbenchmarks.precision=int8")),
    /** nnd without native code. */
    NND_JAVA("nnd-java", List.of("--add-modules", "jdk.incubator.vector", "-Dnnd.provider=java")),
    LIBTORCH("libtorch", List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Dorg.bytedeco.javacpp.maxBytes=0")),
    DJL("djl", List.of("-Dai.djl.offline=true")),
    TENSORFLOW("tensorflow", List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")),
    ONNXRUNTIME("onnxruntime", List.of()),
    DL4J("dl4j", List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));

    /** The JVM of each contender; what is left is for all the same. */
    static final List<String> JVM =
            List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx2g", "--enable-native-access=ALL-UNNAMED");

    private final String id;
    private final List<String> jvm;

    Library(String id, List<String> jvm) {
        this.id = id;
        this.jvm = jvm;
    }

    /** Its name in tables and options. */
    public String id() {
        return id;
    }

    /** The folder of its module. */
    String folder() {
        return variant() ? NND.id : id;
    }

    /** Whether it is nnd, but not as users have it who ask for nothing: compared with nnd itself. */
    boolean variant() {
        return rounded() || this == NND_JAVA;
    }

    /** Whether one measurement will do: it isn't near to being the fastest peer. */
    boolean once() {
        return variant() || this == DL4J;
    }

    /** Whether it computes in fewer digits, so that its numbers differ. */
    boolean rounded() {
        return this == NND_BF16 || this == NND_INT8;
    }

    /** Flags of the JVM. Deeplearning4j has its kernels once more for processors with AVX-512, and takes them if it is told. */
    List<String> jvmArguments(boolean avx512) {
        if (this == DL4J && avx512) {
            var more = new ArrayList<>(jvm);
            more.add("-Dorg.bytedeco.javacpp.platform.extension=-avx512");
            return more;
        }
        return jvm;
    }

    /**
     * What its environment has beside what all have. Peers get the same number of threads in whatever library they use inside, glibc
     * that keeps large blocks (else each step maps and unmaps its tensors), and OpenBLAS the kernels of this processor, which old releases don't
     * know.
     */
    Map<String, String> environment(int threads, boolean avx512) {
        String number = Integer.toString(threads);
        String blas = avx512 ? "SKYLAKEX" : "HASWELL";
        return switch (this) {
            case NND, NND_BF16, NND_INT8, NND_JAVA -> Map.of();
            case LIBTORCH, DJL, TENSORFLOW, ONNXRUNTIME, DL4J ->
                Map.of(
                        "OMP_NUM_THREADS", number,
                        "MKL_NUM_THREADS", number,
                        "OPENBLAS_NUM_THREADS", number,
                        "OPENBLAS_CORETYPE", blas,
                        "MALLOC_MMAP_THRESHOLD_", "1073741824",
                        "MALLOC_TRIM_THRESHOLD_", "17179869184",
                        "TF_CPP_MIN_LOG_LEVEL", "2");
        };
    }

    /** By its name. */
    public static Library of(String id) {
        return Arrays.stream(values())
                .filter(library ->
                        library.id.equals(id) || library.name().equalsIgnoreCase(id) || id.equals(library.shortName()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no contender " + id));
    }

    private String shortName() {
        return switch (this) {
            case LIBTORCH -> "torch";
            case TENSORFLOW -> "tf";
            case ONNXRUNTIME -> "ort";
            case NND, NND_BF16, NND_INT8, NND_JAVA, DJL, DL4J -> id;
        };
    }
}
