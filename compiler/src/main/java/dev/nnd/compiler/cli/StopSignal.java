package dev.nnd.compiler.cli;

import java.util.concurrent.CountDownLatch;

/** Turns Ctrl-C into an interrupt of the training thread, and keeps the JVM alive until that has cleaned up. */
final class StopSignal implements AutoCloseable {
    private final Thread trainer = Thread.currentThread();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "nnd stop");

    void listen() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop() {
        trainer.interrupt();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            // Then the hook is what made the training end.
            Thread.interrupted();
        }
    }
}
