package dev.nnd.benchmarks.libtorch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Takes the batch norms of a ResNet-50 into its convolutions, as one does before one predicts. */
final class BatchNormFolding {

    private static final double EPS = 1e-5;

    private BatchNormFolding() {}

    static void fold(Parameters weights) {
        fold(weights, "net.conv1", "net.bn1");
        int[] depths = {3, 4, 6, 3};
        for (int stage = 0; stage < depths.length; stage++) {
            for (int i = 0; i < depths[stage]; i++) {
                String block = "net.bottleneck." + stage + "." + i;
                for (int k = 1; k <= 3; k++) {
                    fold(weights, block + ".conv" + k, block + ".bn" + k);
                }
                if (i == 0) {
                    fold(weights, block + ".downsample.conv", block + ".downsample.bn");
                }
            }
        }
    }

    private static void fold(Parameters weights, String conv, String norm) {
        Tensor variance = weights.read(norm + ".running_var").add(new Scalar(EPS));
        Tensor scale = weights.read(norm + ".weight").div(torch.sqrt(variance));
        Tensor kernel = weights.read(conv + ".weight").mul(scale.view(-1, 1, 1, 1));
        Tensor bias = weights.read(norm + ".bias")
                .sub(weights.read(norm + ".running_mean").mul(scale));
        weights.put(conv + ".weight", kernel.contiguous(MemoryFormat.ChannelsLast));
        weights.put(conv + ".bias", bias);
    }
}
