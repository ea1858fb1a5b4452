package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.Buffer.Layout;
import dev.nnd.compiler.plan.Buffer.Storage;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The buffers of a plan in the making. */
final class BufferTable {

    private final List<Buffer> buffers = new ArrayList<>();
    private final Names names = new Names();

    Buffer get(int id) {
        return buffers.get(id);
    }

    List<Buffer> all() {
        return List.copyOf(buffers);
    }

    /** A place in the arena. {@code like} is a buffer with its layout, or -1 if the op that makes it chooses. */
    int arena(String name, TensorType type, Layout layout, int like) {
        return add(name, type, Storage.ARENA, Optional.empty(), layout, Optional.empty(), like);
    }

    /** The row-major memory of another buffer under other dims. */
    int view(String name, TensorType type, int of) {
        return add(name, type, Storage.VIEW, Optional.empty(), Layout.PLAIN, Optional.of(of), -1);
    }

    /** A place at the edge of the program. */
    int port(Port port, Storage storage, Layout layout, int like) {
        return add(portName(port), port.value().type(), storage, Optional.of(port), layout, Optional.empty(), like);
    }

    /** An output port in the memory of a computed value. */
    int portView(Port port, int of) {
        return add(
                portName(port),
                port.value().type(),
                Storage.PORT,
                Optional.of(port),
                Layout.PLAIN,
                Optional.of(of),
                -1);
    }

    private static String portName(Port port) {
        return port.role() == Port.Role.GRADIENT ? port.name() + ".gradient" : port.name();
    }

    private int add(
            String name,
            TensorType type,
            Storage storage,
            Optional<Port> port,
            Layout layout,
            Optional<Integer> viewOf,
            int like) {
        int id = buffers.size();
        Optional<Integer> alike = layout == Layout.PROVIDER && like >= 0 ? Optional.of(like) : Optional.empty();
        buffers.add(new Buffer(id, names.unique(name), type, storage, port, layout, viewOf, alike));
        return id;
    }

    /** Puts an arena buffer into the memory of another one of the same type and layout. */
    void placeIn(int id, int other) {
        Buffer b = get(id);
        buffers.set(
                id,
                new Buffer(id, b.name(), b.type(), Storage.VIEW, b.port(), b.layout(), Optional.of(other), b.like()));
    }

    /**
     * Which buffers surely have one order of elements: -1 for row-major, else the buffer whose maker chose the layout.
     */
    int layoutClass(int id) {
        return layoutClass(buffers, id);
    }

    static int layoutClass(List<Buffer> buffers, int id) {
        int at = id;
        while (buffers.get(at).like().isPresent()) {
            at = buffers.get(at).like().get();
        }
        return buffers.get(at).layout() == Layout.PLAIN ? -1 : at;
    }

    /** The buffer that owns the memory. */
    int root(int id) {
        return root(buffers, id);
    }

    static int root(List<Buffer> buffers, int id) {
        int at = id;
        while (buffers.get(at).viewOf().isPresent()) {
            at = buffers.get(at).viewOf().get();
        }
        return at;
    }
}
