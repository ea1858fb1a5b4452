package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.emit.GeneratedFile;
import java.util.List;

/** Programs and a model written by hand, in place of those that other emitters make: y = w x by mean squared error. */
final class HandWritten {

    private static final String STEP = """
            package toys;

            import dev.nnd.runtime.kernel.Provider;
            import dev.nnd.runtime.memory.ElementType;
            import dev.nnd.runtime.memory.Memory;
            import dev.nnd.runtime.memory.Tensor;
            import dev.nnd.runtime.program.Binding;
            import dev.nnd.runtime.train.EvalStep;
            import dev.nnd.runtime.train.TrainStep;
            import java.lang.foreign.ValueLayout;
            import java.util.List;

            final class NAME implements INTERFACE {
                private final int n;
                private final Tensor x;
                private final Tensor y;
                private final Tensor w;
                private final Tensor gradient;
                private final Memory memory;
                private double loss;

                NAME(Provider provider, NetWeights net, int n) {
                    this.n = n;
                    net.parameters().enableGradients();
                    var at = new Binding("FitPoints", provider, net.parameters());
                    x = at.port("x", ElementType.F32, n, 1);
                    y = at.port("y", ElementType.F32, n, 1);
                    w = at.parameter(net.w);
                    gradient = at.gradient(net.w);
                    memory = at.commit();
                }

                @Override public void run() {
                    float weight = w.segment().get(ValueLayout.JAVA_FLOAT, 0);
                    double slope = 0;
                    loss = 0;
                    for (int i = 0; i < n; i++) {
                        float in = x.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                        float error = weight * in - y.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                        loss += error * error / n;
                        slope += 2 * error * in / n;
                    }
                    gradient.segment().set(ValueLayout.JAVA_FLOAT, 0, (float) slope);
                }

                @Override public long arenaBytes() { return 8L * n; }
                @Override public List<Tensor> fields() { return List.of(x, y); }
                @Override public double loss() { return loss; }
                @Override public double metric(int index) { throw new IndexOutOfBoundsException(index); }
                @Override public int batch() { return n; }
                @Override public void close() { memory.close(); }
            }
            """;

    private HandWritten() {}

    static List<GeneratedFile> files(String train) {
        return List.of(
                file("NetWeights", """
                    package toys;

                    import dev.nnd.runtime.program.Initializer;
                    import dev.nnd.runtime.program.Parameter;
                    import dev.nnd.runtime.program.ParameterSet;

                    final class NetWeights {
                        private final ParameterSet parameters = new ParameterSet("toys.Net");
                        final Parameter w = parameters.add("w", new Initializer.Fill(0.0), false, 1);
                        ParameterSet parameters() { return parameters; }
                    }
                    """),
                file("Net", """
                    package toys;

                    import java.lang.foreign.Arena;
                    import java.lang.foreign.MemorySegment;
                    import java.lang.foreign.ValueLayout;
                    import java.nio.file.Path;

                    final class Net implements AutoCloseable {
                        private final MemorySegment w = Arena.ofAuto().allocate(16);

                        static Net load(Path weights) {
                            var net = new Net();
                            var set = new NetWeights();
                            set.parameters().load(weights);
                            set.parameters().read(set.w, net.w.asSlice(0, 4));
                            set.parameters().close();
                            return net;
                        }

                        Call call(int n) { return new Call(n); }

                        @Override public void close() {}

                        final class Call implements AutoCloseable {
                            private final MemorySegment in;
                            private final MemorySegment out;

                            Call(int n) {
                                in = Arena.ofAuto().allocate(16L * n);
                                out = Arena.ofAuto().allocate(16L * n);
                            }

                            MemorySegment in() { return in; }
                            MemorySegment out() { return out; }
                            void run() {
                                float x = in.get(ValueLayout.JAVA_FLOAT, 0);
                                for (int i = 0; i < 3; i++) {
                                    out.setAtIndex(ValueLayout.JAVA_FLOAT, i, w.get(ValueLayout.JAVA_FLOAT, 0) * x - i);
                                }
                            }
                            @Override public void close() {}
                        }
                    }
                    """),
                file("ToysKernels", """
                    package toys;

                    import java.lang.foreign.MemorySegment;
                    import java.lang.foreign.ValueLayout;

                    final class ToysKernels {
                        static final ToysKernels INSTANCE = new ToysKernels();

                        void sgdUpdate(MemorySegment p, MemorySegment g, long from, long to, double lr) {
                            for (long i = from; i < to; i++) {
                                double w = p.getAtIndex(ValueLayout.JAVA_FLOAT, i) - lr * g.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                                p.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) w);
                            }
                        }
                    }
                    """),
                file(train + "Step", step(train + "Step", "TrainStep", "EvalStep")),
                file(train + "Evaluation", step(train + "Evaluation", "EvalStep", "TrainStep")));
    }

    private static String step(String name, String type, String other) {
        return STEP.replace("NAME", name)
                .replace("INTERFACE", type)
                .replace("import dev.nnd.runtime.train." + other + ";\n", "");
    }

    private static GeneratedFile file(String name, String text) {
        return new GeneratedFile("toys/" + name + ".java", text, false);
    }
}
