package dev.nnd.benchmarks.libtorch;

import dev.nnd.benchmarks.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** The weights as tensors, each made when it is first asked for; convolutions' have their channels last. */
final class Parameters {

    private final Weights weights;
    private final boolean trained;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, TensorOptional> optionals = new LinkedHashMap<>();

    Parameters(Weights weights, boolean trained) {
        this.weights = weights;
        this.trained = trained;
    }

    /** The tensor of this name. */
    Tensor get(String name) {
        return tensors.computeIfAbsent(name, wanted -> leaf(read(wanted)));
    }

    /** Several joined along their first dim, as one parameter. */
    Tensor joined(String name, String... parts) {
        return tensors.computeIfAbsent(name, wanted -> {
            var vector = new TensorVector();
            for (String part : parts) {
                vector.push_back(read(part));
            }
            return leaf(torch.cat(vector, 0));
        });
    }

    /** As functions want a bias. */
    TensorOptional optional(String name) {
        return optionals.computeIfAbsent(name, wanted -> new TensorOptional(get(wanted)));
    }

    TensorOptional joinedOptional(String name, String... parts) {
        return optionals.computeIfAbsent(name, wanted -> new TensorOptional(joined(wanted, parts)));
    }

    private Tensor leaf(Tensor tensor) {
        return tensor.set_requires_grad(trained);
    }

    Tensor read(String name) {
        long[] dims = weights.dims(name);
        Tensor tensor = torch.empty(dims);
        FloatPointer memory = tensor.data_ptr_float();
        memory.capacity(tensor.numel());
        weights.copy(name, memory.asByteBuffer());
        return dims.length == 4 ? tensor.contiguous(MemoryFormat.ChannelsLast) : tensor;
    }

    /** Puts a tensor that was made of others in a name's place. */
    void put(String name, Tensor tensor) {
        tensors.put(name, tensor);
    }

    boolean has(String name) {
        return tensors.containsKey(name) || weights.has(name);
    }

    /** All that have been asked for so far. */
    TensorVector all() {
        var vector = new TensorVector();
        tensors.values().forEach(vector::push_back);
        return vector;
    }
}
