package dev.nnd.compiler.keras;

import dev.nnd.compiler.onnx.TensorData;
import java.nio.ByteBuffer;

/** The gates of recurrent layers. */
final class Gates {

    private Gates() {}

    /** The blocks of rows of the gates in another order. */
    static TensorData ordered(TensorData rows, int... order) {
        int block = rows.bytes().capacity() / order.length;
        ByteBuffer made = ByteBuffer.allocate(block * order.length);
        for (int i = 0; i < order.length; i++) {
            made.put(i * block, rows.bytes(), order[i] * block, block);
        }
        return new TensorData(rows.dtype(), rows.dims(), made);
    }
}
