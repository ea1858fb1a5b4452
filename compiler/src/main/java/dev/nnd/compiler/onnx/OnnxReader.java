package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;

/** The bytes of a model as messages. */
final class OnnxReader {

    private static final int LONGEST_NAME = 80;

    private OnnxReader() {}

    static ModelProto read(byte[] bytes) {
        ModelProto model;
        try {
            var input = ByteString.copyFrom(ByteBuffer.wrap(bytes)).newCodedInput();
            model = ModelProto.parseFrom(input);
        } catch (InvalidProtocolBufferException broken) {
            throw new OnnxProblem("it is no ONNX model, or it is cut off: " + broken.getMessage());
        } catch (java.io.IOException broken) {
            throw new OnnxProblem("it is no ONNX model: " + broken.getMessage());
        }
        if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
            throw new OnnxProblem("it is no ONNX model: it has no graph or no operator set");
        }
        return model;
    }

    /** A name of the file in a message: on one line and not too long. */
    static String shown(String name) {
        String line = name.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME) + "...";
    }
}
