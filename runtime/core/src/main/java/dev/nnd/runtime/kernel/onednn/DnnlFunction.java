package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.foreign.NativeCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The C functions of oneDNN that make, ask and destroy things. Each returns a status. Signatures: p a pointer, i an
 * int, f a float; those with {@code creates} take a pointer to the new thing first.
 */
enum DnnlFunction {
    ENGINE_CREATE("dnnl_engine_create", "pip"),
    STREAM_CREATE("dnnl_stream_create", "ppi"),
    STREAM_DESTROY("dnnl_stream_destroy", "p"),
    DESC_WITH_STRIDES("dnnl_memory_desc_create_with_strides", "pipip"),
    DESC_WITH_TAG("dnnl_memory_desc_create_with_tag", "pipii"),
    DESC_WITH_BLOB("dnnl_memory_desc_create_with_blob", "pp"),
    DESC_GET_BLOB("dnnl_memory_desc_get_blob", "ppp"),
    DESC_QUERY("dnnl_memory_desc_query", "pip"),
    DESC_DESTROY("dnnl_memory_desc_destroy", "p"),
    MEMORY_CREATE("dnnl_memory_create", "pppp"),
    MEMORY_DESTROY("dnnl_memory_destroy", "p"),
    ATTRIBUTES_CREATE("dnnl_primitive_attr_create", "p"),
    ATTRIBUTES_DESTROY("dnnl_primitive_attr_destroy", "p"),
    SET_SCRATCHPAD_MODE("dnnl_primitive_attr_set_scratchpad_mode", "pi"),
    SET_FPMATH_MODE("dnnl_primitive_attr_set_fpmath_mode", "pi"),
    SET_SCALES_MASK("dnnl_primitive_attr_set_scales_mask", "pii"),
    SET_ZERO_POINTS_MASK("dnnl_primitive_attr_set_zero_points_mask", "pii"),
    SET_POST_OPS("dnnl_primitive_attr_set_post_ops", "pp"),
    POST_OPS_CREATE("dnnl_post_ops_create", "p"),
    POST_OPS_DESTROY("dnnl_post_ops_destroy", "p"),
    APPEND_ELTWISE("dnnl_post_ops_append_eltwise", "piff"),
    APPEND_BINARY("dnnl_post_ops_append_binary", "pip"),
    CONVOLUTION_FORWARD("dnnl_convolution_forward_primitive_desc_create", "ppiippppppppp"),
    CONVOLUTION_BACKWARD_DATA("dnnl_convolution_backward_data_primitive_desc_create", "ppippppppppp"),
    CONVOLUTION_BACKWARD_WEIGHTS("dnnl_convolution_backward_weights_primitive_desc_create", "ppipppppppppp"),
    INNER_PRODUCT_FORWARD("dnnl_inner_product_forward_primitive_desc_create", "ppippppp"),
    INNER_PRODUCT_BACKWARD_DATA("dnnl_inner_product_backward_data_primitive_desc_create", "ppppppp"),
    INNER_PRODUCT_BACKWARD_WEIGHTS("dnnl_inner_product_backward_weights_primitive_desc_create", "pppppppp"),
    POOLING_FORWARD("dnnl_pooling_forward_primitive_desc_create", "ppiipppppppp"),
    POOLING_BACKWARD("dnnl_pooling_backward_primitive_desc_create", "ppippppppppp"),
    BATCH_NORM_FORWARD("dnnl_batch_normalization_forward_primitive_desc_create", "ppippfip"),
    BATCH_NORM_BACKWARD("dnnl_batch_normalization_backward_primitive_desc_create", "ppipppfipp"),
    BINARY("dnnl_binary_primitive_desc_create", "ppipppp"),
    MATMUL("dnnl_matmul_primitive_desc_create", "ppppppp"),
    REORDER("dnnl_reorder_primitive_desc_create", "pppppp"),
    PRIMITIVE_DESC_QUERY("dnnl_primitive_desc_query", "piip"),
    PRIMITIVE_DESC_DESTROY("dnnl_primitive_desc_destroy", "p"),
    PRIMITIVE_CREATE("dnnl_primitive_create", "pp"),
    PRIMITIVE_DESTROY("dnnl_primitive_destroy", "p");

    private static final int SUCCESS = 0;
    private static final int OUT_OF_MEMORY = 1;
    private static final int UNIMPLEMENTED = 3;
    private static final String[] STATUS = {
        "success",
        "out of memory",
        "invalid arguments",
        "not implemented",
        "last implementation reached",
        "run-time error",
        "not required"
    };

    private final String function;
    private final String signature;

    /** Where {@link NativeCalls} can't call it. */
    private @Nullable MethodHandle handle;

    private @Nullable MemorySegment address;

    DnnlFunction(String function, String signature) {
        this.function = function;
        this.signature = signature;
    }

    /** Pointers are p, ints i, floats f. */
    String signature() {
        return signature;
    }

    private synchronized MemorySegment address() {
        var known = address;
        if (known == null) {
            known = DnnlLibrary.address(function);
            address = known;
        }
        return known;
    }

    /** From an array of the arguments to the status. */
    private synchronized MethodHandle handle() {
        var made = handle;
        if (made == null) {
            var layouts = new MemoryLayout[signature.length()];
            for (int i = 0; i < layouts.length; i++) {
                layouts[i] = layout(signature.charAt(i));
            }
            made = DnnlLibrary.function(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts))
                    .asSpreader(Object[].class, layouts.length);
            handle = made;
        }
        return made;
    }

    private static MemoryLayout layout(int letter) {
        return switch (letter) {
            case 'p' -> ValueLayout.JAVA_LONG;
            case 'i' -> ValueLayout.JAVA_INT;
            case 'f' -> ValueLayout.JAVA_FLOAT;
            default -> throw new AssertionError("no signature letter: " + (char) letter);
        };
    }

    private int status(Object[] arguments) {
        if (arguments.length != signature.length()) {
            throw new AssertionError(function + " takes " + signature.length() + " arguments");
        }
        if (signature.indexOf('f') >= 0 && !NativeCalls.FLOATS) {
            return spreadStatus(arguments);
        }
        var longs = new long[NativeCalls.MOST];
        var floats = new float[NativeCalls.MOST_FLOATS];
        int whole = 0;
        int fraction = 0;
        for (Object argument : arguments) {
            if (argument instanceof Float number) {
                floats[fraction++] = number;
            } else {
                longs[whole++] = ((Number) argument).longValue();
            }
        }
        return (int) NativeCalls.call(address(), longs, floats);
    }

    private int spreadStatus(Object[] arguments) {
        try {
            return (int) handle().invokeExact(arguments);
        } catch (Throwable wrong) {
            throw new AssertionError(function + " was called with other arguments than it has", wrong);
        }
    }

    /** Calls the function. */
    void call(Object... arguments) {
        require(status(arguments));
    }

    private void require(int status) {
        if (status != SUCCESS) {
            throw failure(function, status);
        }
    }

    /** Makes a thing. */
    long create(Object... arguments) {
        long made = tryCreate(arguments);
        if (made == 0) {
            throw failure(function, UNIMPLEMENTED);
        }
        return made;
    }

    /** Makes a thing; 0 if oneDNN has no implementation for these arguments on this machine. */
    long tryCreate(Object... arguments) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_LONG);
            var all = new Object[arguments.length + 1];
            all[0] = out.address();
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            int status = status(all);
            if (status == UNIMPLEMENTED) {
                return 0;
            }
            require(status);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** What a failed call means: the machine's limits are the user's business, the rest is a bug. */
    static RuntimeException failure(String what, int status) {
        String reason = status >= 0 && status < STATUS.length ? STATUS[status] : "status " + status;
        String message = "oneDNN failed in " + what + ": " + reason + ".";
        return status == OUT_OF_MEMORY
                ? new NndException(message, "use a smaller batch, or a machine with more memory", null)
                : new IllegalStateException(message);
    }
}
