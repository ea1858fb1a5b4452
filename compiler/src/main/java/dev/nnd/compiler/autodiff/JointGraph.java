package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Graph;

/**
 * A forward graph continued by the computation of its gradients.
 *
 * @param graph has the ports of the forward graph and a GRADIENT port for each parameter
 * @param forwardNodes how many of the first nodes are the forward half
 */
public record JointGraph(Graph graph, int forwardNodes) {}
