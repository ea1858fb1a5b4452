package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which products are in bfloat16 on which processor. */
class NarrowProductsTest {

    private static NarrowProducts paying(String vendor, String model, String flags) {
        return NarrowProducts.paying(List.of(
                "processor\t: 0",
                "vendor_id\t: " + vendor,
                "cpu family\t: 6",
                "model name\t: " + model,
                "flags\t\t: fpu sse2 avx2 fma avx512f avx512bw avx512vl " + flags + " arch_capabilities",
                "",
                "processor\t: 1",
                "vendor_id\t: " + vendor,
                "flags\t\t: fpu amx_bf16"));
    }

    @Test
    void processors() {
        assertEquals(
                NarrowProducts.ALL,
                paying(
                        "GenuineIntel",
                        "Intel(R) Xeon(R) Platinum 8481C CPU",
                        "avx512_bf16 avx512_fp16 amx_bf16 amx_tile"));
        assertEquals(
                NarrowProducts.ROWS,
                paying("GenuineIntel", "Intel(R) Xeon(R) Processor", "avx_vnni avx512_bf16 avx512_fp16"));
        assertEquals(
                NarrowProducts.ROWS,
                paying("GenuineIntel", "Intel(R) Xeon(R) Platinum 8380H CPU", "avx512_vnni avx512_bf16"));
        assertEquals(
                NarrowProducts.ALL,
                paying("AuthenticAMD", "AMD EPYC 9B14 96-Core Processor", "avx512_bf16 avx512_vnni"));
        assertEquals(
                NarrowProducts.ALL,
                paying("AuthenticAMD", "AMD EPYC 9755", "avx_vnni avx512_bf16 avx512_vp2intersect"));
        assertEquals(NarrowProducts.ALL, paying("HygonGenuine", "Hygon", "avx512_bf16"));
        // A tile without products of bfloat16.
        assertEquals(NarrowProducts.ROWS, paying("GenuineIntel", "Intel", "avx512_bf16 amx_tile amx_int8"));
    }

    /** Other systems don't say what the processor is. */
    @Test
    void unknown() {
        assertEquals(NarrowProducts.ALL, NarrowProducts.paying(List.of()));
        assertEquals(
                NarrowProducts.ALL,
                NarrowProducts.paying(
                        List.of("processor\t: 0", "BogoMIPS\t: 50.00", "Features\t: fp asimd bf16 i8mm")));
    }
}
