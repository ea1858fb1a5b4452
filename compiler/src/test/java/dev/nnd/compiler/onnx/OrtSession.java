package dev.nnd.compiler.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.Result;
import ai.onnxruntime.TensorInfo;
import dev.nnd.compiler.type.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** A model in ONNX Runtime. */
final class OrtSession implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ai.onnxruntime.OrtSession session;

    OrtSession(byte[] model) throws OrtException {
        var options = new ai.onnxruntime.OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        session = environment.createSession(model, options);
    }

    /** The outputs in the order of the model. */
    List<TensorData> run(Map<String, TensorData> inputs) throws OrtException {
        var tensors = new LinkedHashMap<String, OnnxTensor>();
        try {
            for (Map.Entry<String, TensorData> entry : inputs.entrySet()) {
                tensors.put(entry.getKey(), tensor(entry.getValue()));
            }
            try (Result result = session.run(tensors)) {
                var made = new ArrayList<TensorData>();
                for (var output : result) {
                    made.add(data((OnnxTensor) output.getValue()));
                }
                return made;
            }
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(TensorData data) throws OrtException {
        ByteBuffer direct = ByteBuffer.allocateDirect(Math.max(1, data.bytes().capacity()))
                .order(ByteOrder.nativeOrder())
                .put(data.bytes().duplicate().clear())
                .flip();
        long[] shape = data.dims().stream().mapToLong(Long::longValue).toArray();
        OnnxJavaType type = switch (data.dtype()) {
            case F32 -> OnnxJavaType.FLOAT;
            case F64 -> OnnxJavaType.DOUBLE;
            case I64 -> OnnxJavaType.INT64;
            case I32 -> OnnxJavaType.INT32;
            case I8 -> OnnxJavaType.INT8;
            case U8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
            case F16, BF16 -> throw new IllegalArgumentException(data.dtype().text());
        };
        return OnnxTensor.createTensor(environment, direct, shape, type);
    }

    private static TensorData data(OnnxTensor tensor) {
        TensorInfo info = tensor.getInfo();
        DType dtype = switch (info.type) {
            case FLOAT -> DType.F32;
            case DOUBLE -> DType.F64;
            case INT64 -> DType.I64;
            case INT32 -> DType.I32;
            case INT8 -> DType.I8;
            case UINT8 -> DType.U8;
            case BOOL -> DType.BOOL;
            default -> throw new IllegalArgumentException(info.type.toString());
        };
        List<Long> dims = LongStream.of(info.getShape()).boxed().toList();
        TensorData made = TensorData.empty(dtype, dims);
        made.bytes().duplicate().clear().put(tensor.getByteBuffer());
        return made;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
