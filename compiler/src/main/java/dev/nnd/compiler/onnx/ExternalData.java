package dev.nnd.compiler.onnx;

import java.nio.ByteBuffer;

/** The files beside a model in which large tensors may lie. */
@FunctionalInterface
public interface ExternalData {

    /** No such files: every tensor lies in the model. */
    ExternalData NONE = (location, offset, length) -> {
        throw new OnnxProblem("its data lies in another file, `" + OnnxReader.shown(location) + "`");
    };

    /**
     * Bytes of a file.
     *
     * @param location as the model names it, relative to the model's folder
     * @throws OnnxProblem if it lies outside that folder, is absent, or is too short
     */
    ByteBuffer read(String location, long offset, long length);

    /** For implementations: what to throw. */
    static OnnxProblem refused(String why) {
        return new OnnxProblem(why);
    }
}
