package dev.nnd.runtime.train;

/** Forward over a batch in inference mode: leaves the loss and the metrics. */
public interface EvalStep extends BatchProgram {}
