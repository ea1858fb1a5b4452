package dev.nnd.compiler.plan;

import java.util.List;
import java.util.Set;

/**
 * What one generated program executes.
 *
 * @param name the graph's name
 * @param freeDims dim variables, in the order of the generated API
 * @param buffers by id
 * @param steps in order
 * @param releases for each step, the ids of ARENA buffers that are dead once it has run; where a reorder had nothing to
 *     do, its output is the memory of its operand, and it is the operand's release that counts
 * @param forwardSteps how many of the first steps are the forward half; all of them for inference
 */
public record ExecutionPlan(
        String name,
        Set<String> freeDims,
        List<Buffer> buffers,
        List<Step> steps,
        List<List<Integer>> releases,
        int forwardSteps) {}
