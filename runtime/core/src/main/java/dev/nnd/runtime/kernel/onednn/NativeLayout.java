package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.memory.Layout;

/** An order of elements with a descriptor of oneDNN's. */
sealed interface NativeLayout extends Layout permits DnnlLayout, NarrowLayout {

    /** A new native descriptor, owned by the handles. */
    long descriptor(DnnlHandles handles);

    /** The dims under which it is ordered; grouped weights have one of groups. */
    long[] dims();

    @Override
    default boolean plain() {
        return false;
    }
}
