package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.nnd.compiler.type.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the tensors of a file. What a tensor declares is held against the bytes that are there before anything is allocated. */
final class Tensors {

    private final ExternalData external;

    Tensors(ExternalData external) {
        this.external = external;
    }

    /** The dtype with a number in ONNX' list. */
    static Optional<DType> dtype(int number) {
        return switch (number) {
            case TensorProto.DataType.FLOAT_VALUE -> Optional.of(DType.F32);
            case TensorProto.DataType.DOUBLE_VALUE -> Optional.of(DType.F64);
            case TensorProto.DataType.INT32_VALUE -> Optional.of(DType.I32);
            case TensorProto.DataType.INT64_VALUE -> Optional.of(DType.I64);
            case TensorProto.DataType.INT8_VALUE -> Optional.of(DType.I8);
            case TensorProto.DataType.UINT8_VALUE -> Optional.of(DType.U8);
            case TensorProto.DataType.BOOL_VALUE -> Optional.of(DType.BOOL);
            default -> Optional.empty();
        };
    }

    /** The word for a number in ONNX' list of dtypes. */
    static String word(int number) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(number);
        return type == null ? "dtype " + number : type.name().toLowerCase(java.util.Locale.ROOT);
    }

    TensorData read(TensorProto tensor, String name) {
        String named = "tensor `" + OnnxReader.shown(name) + "`";
        boolean half = tensor.getDataType() == TensorProto.DataType.FLOAT16_VALUE
                || tensor.getDataType() == TensorProto.DataType.BFLOAT16_VALUE;
        DType dtype = half
                ? DType.F32
                : dtype(tensor.getDataType())
                        .orElseThrow(
                                () -> new OnnxProblem(
                                        named + " is of " + word(tensor.getDataType())
                                                + "; supported are float, double, float16, bfloat16, int64, int32, int8, uint8 and bool"));
        List<Long> dims = tensor.getDimsList();
        long elements;
        try {
            elements = TensorData.elements(dims);
        } catch (OnnxProblem broken) {
            throw broken.at(named);
        }
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return external(tensor, named, dtype, dims, elements);
        }
        if (!tensor.getRawData().isEmpty() || elements == 0) {
            ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer();
            fits(named, dims, elements, half ? 2 : dtype.bytes(), raw.remaining());
            return half ? widened(tensor, raw, dims) : new TensorData(dtype, dims, raw.slice());
        }
        return listed(tensor, named, dtype, dims, elements);
    }

    private static void fits(String named, List<Long> dims, long elements, int width, long there) {
        if (elements > there / width || elements * width != there) {
            throw new OnnxProblem(named + " of sizes " + dims + " needs " + elements + " elements of " + width
                    + " bytes, and " + there + " bytes are there");
        }
    }

    private static TensorData widened(TensorProto tensor, ByteBuffer raw, List<Long> dims) {
        ByteBuffer little = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
        boolean brain = tensor.getDataType() == TensorProto.DataType.BFLOAT16_VALUE;
        return TensorData.floats(
                DType.F32,
                dims,
                i -> brain
                        ? Float.intBitsToFloat(little.getShort(2 * i) << 16)
                        : Float.float16ToFloat(little.getShort(2 * i)));
    }

    private static TensorData listed(TensorProto t, String named, DType dtype, List<Long> dims, long elements) {
        int there = switch (dtype) {
            case F32 -> Math.max(t.getFloatDataCount(), t.getInt32DataCount());
            case F64 -> t.getDoubleDataCount();
            case I64 -> t.getInt64DataCount();
            default -> t.getInt32DataCount();
        };
        if (there != elements) {
            throw new OnnxProblem(
                    named + " of sizes " + dims + " needs " + elements + " elements, and " + there + " are there");
        }
        return switch (dtype) {
            case F32 ->
                t.getDataType() == TensorProto.DataType.FLOAT_VALUE
                        ? TensorData.floats(dtype, dims, t::getFloatData)
                        : TensorData.floats(
                                dtype,
                                dims,
                                i -> t.getDataType() == TensorProto.DataType.BFLOAT16_VALUE
                                        ? Float.intBitsToFloat(t.getInt32Data(i) << 16)
                                        : Float.float16ToFloat((short) t.getInt32Data(i)));
            case F64 -> TensorData.floats(dtype, dims, t::getDoubleData);
            case I64 -> TensorData.integers(dtype, dims, t::getInt64Data);
            default -> TensorData.integers(dtype, dims, t::getInt32Data);
        };
    }

    private TensorData external(TensorProto tensor, String named, DType dtype, List<Long> dims, long elements) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.getOrDefault("location", "");
        try {
            long offset = Long.parseLong(entries.getOrDefault("offset", "0"));
            boolean half = tensor.getDataType() == TensorProto.DataType.FLOAT16_VALUE
                    || tensor.getDataType() == TensorProto.DataType.BFLOAT16_VALUE;
            long needed = Math.multiplyExact(elements, half ? 2 : dtype.bytes());
            long length = Long.parseLong(entries.getOrDefault("length", String.valueOf(needed)));
            if (length != needed || offset < 0) {
                throw new OnnxProblem("its sizes " + dims + " need " + needed + " bytes, its external data is " + length
                        + " bytes at " + offset);
            }
            ByteBuffer bytes = external.read(location, offset, length);
            return half ? widened(tensor, bytes, dims) : new TensorData(dtype, dims, bytes);
        } catch (NumberFormatException | ArithmeticException broken) {
            throw new OnnxProblem(named + " has external data whose offset or length is no number");
        } catch (OnnxProblem broken) {
            throw broken.at(named);
        }
    }
}
