package dev.nnd.runtime.kernel.onednn;

import java.util.ArrayList;
import java.util.List;

/** Native things that are destroyed together, the last one first. Running it again does nothing. */
final class DnnlHandles implements Runnable, AutoCloseable {

    private record Handle(long pointer, DnnlFunction destroy) {}

    private final List<Handle> handles = new ArrayList<>();

    /** Takes over a pointer. */
    synchronized long keep(long pointer, DnnlFunction destroy) {
        handles.add(new Handle(pointer, destroy));
        return pointer;
    }

    @Override
    public synchronized void run() {
        for (var handle : handles.reversed()) {
            handle.destroy().call(handle.pointer());
        }
        handles.clear();
    }

    @Override
    public void close() {
        run();
    }
}
