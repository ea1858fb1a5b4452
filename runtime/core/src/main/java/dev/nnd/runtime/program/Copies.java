package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Tensor;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What ops have made of tensors, such as copies in other numbers, as long as it is true: until a tensor has new values. */
final class Copies {

    private final Map<Tensor, Tensor> viewed = new IdentityHashMap<>();
    private final Map<Tensor, Map<Object, Tensor>> copies = new IdentityHashMap<>();

    /** Two tensors are the same elements under different dims. */
    void view(Tensor view, Tensor of) {
        viewed.put(view, of);
    }

    private Tensor owner(Tensor tensor) {
        var owner = tensor;
        for (var of = viewed.get(owner); of != null; of = viewed.get(owner)) {
            owner = of;
        }
        return owner;
    }

    /** The copy in a form. */
    @Nullable
    Tensor get(Tensor tensor, Object form) {
        return copies.getOrDefault(owner(tensor), Map.of()).get(form);
    }

    /** There is a copy in a form. */
    void put(Tensor tensor, Object form, Tensor copy) {
        copies.computeIfAbsent(owner(tensor), _ -> new HashMap<>()).put(form, copy);
    }

    /** The tensor has new values. */
    void forget(Tensor tensor) {
        copies.remove(owner(tensor));
    }
}
