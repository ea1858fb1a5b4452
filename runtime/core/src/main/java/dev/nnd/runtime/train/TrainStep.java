package dev.nnd.runtime.train;

/** Forward and backward over a batch: leaves the loss, the metrics and the gradients; changes no weights. */
public interface TrainStep extends BatchProgram {}
