package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;

/** What is known of a tensor of the graph; compared by identity. */
sealed interface Value {

    /** The name in the file, or what one like it is to be called. */
    String hint();

    /** Its type; a sequence has none. */
    TensorType type();

    /** Computed at run time. */
    final class Computed implements Value {
        private final String hint;
        private final TensorType type;
        private final boolean input;

        Computed(String hint, TensorType type, boolean input) {
            this.hint = hint;
            this.type = type;
            this.input = input;
        }

        @Override
        public String hint() {
            return hint;
        }

        @Override
        public TensorType type() {
            return type;
        }

        /** True for an input of the model. */
        boolean isInput() {
            return input;
        }
    }

    /** Numbers from the file, or computed from such. */
    final class Known implements Value {
        private final String hint;
        private final TensorData data;
        private final boolean weight;

        Known(String hint, TensorData data, boolean weight) {
            this.hint = hint;
            this.data = data;
            this.weight = weight;
        }

        @Override
        public String hint() {
            return hint;
        }

        @Override
        public TensorType type() {
            return data.type();
        }

        TensorData data() {
            return data;
        }

        /** True for an initializer as it stands in the file. */
        boolean isWeight() {
            return weight;
        }
    }

    /** Whole numbers that depend on free dims, such as a shape: at most one axis. */
    final class Sizes implements Value {
        private final String hint;
        private final List<Dim> values;
        private final boolean scalar;
        private final DType dtype;

        Sizes(String hint, List<Dim> values, boolean scalar, DType dtype) {
            this.hint = hint;
            this.values = List.copyOf(values);
            this.scalar = scalar;
            this.dtype = dtype;
        }

        @Override
        public String hint() {
            return hint;
        }

        @Override
        public TensorType type() {
            return scalar ? TensorType.scalar(dtype) : TensorType.of(dtype, Dim.of(values.size()));
        }

        List<Dim> values() {
            return values;
        }

        boolean isScalar() {
            return scalar;
        }
    }

    /** Several tensors, as the sequence operators make them. */
    record Sequence(String hint, List<Value> items) implements Value {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public TensorType type() {
            throw new OnnxProblem("`" + hint + "` is a sequence of tensors, and a tensor is needed");
        }
    }
}
