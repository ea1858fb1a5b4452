"""Writes the Keras files of this folder, with random weights, and what Keras computes with them.

Run with TensorFlow, Keras 3, h5py and safetensors: python make.py. Each case has its file and NAME.safetensors with the inputs
x, x1 ... and the outputs y, y1 ...
"""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import keras
from keras import layers as L
from safetensors.numpy import save_file

CASES = {}


def case(maker):
    CASES[maker.__name__] = maker
    return maker


def image(*shape):
    return L.Input(shape)


@case
def cnn():
    return keras.Sequential([
        L.Input((8, 8, 3)), L.Conv2D(4, 3, activation="relu", name="c1"), L.BatchNormalization(),
        L.MaxPooling2D(), L.Conv2D(6, 3, padding="same", use_bias=False), L.Activation("silu"), L.Dropout(0.3),
        L.Flatten(), L.Dense(5, activation="softmax")])


@case
def strides():
    x = i = image(9, 9, 2)
    x = L.Conv2D(4, (3, 2), strides=2, padding="same", activation="elu")(x)
    a = L.MaxPooling2D(3, strides=2, padding="same")(x)
    b = L.AveragePooling2D(3, strides=2, padding="same")(x)
    x = L.Concatenate()([a, b])
    x = L.ZeroPadding2D(((1, 2), (0, 1)))(x)
    x = L.Conv2D(4, 3, groups=2, dilation_rate=1)(x)
    x = L.Cropping2D(((0, 1), (1, 0)))(x)
    return keras.Model(i, L.LeakyReLU(0.1)(x))


@case
def separable():
    x = i = image(7, 6, 3)
    x = L.DepthwiseConv2D(3, depth_multiplier=2, padding="same")(x)
    x = L.ReLU(6.0)(x)
    x = L.SeparableConv2D(5, 3, depth_multiplier=2, activation="tanh")(x)
    x = L.SeparableConv2D(4, 2, use_bias=False, strides=2)(x)
    return keras.Model(i, L.GlobalAveragePooling2D()(x))


@case
def residual():
    x = i = image(6, 6, 2)
    x = L.Conv2D(4, 3, padding="same")(x)
    for k in range(3):
        s = x
        x = L.Conv2D(4, 3, padding="same", use_bias=False, name=f"block{k}_conv")(x)
        x = L.BatchNormalization(name=f"block{k}_bn", scale=k != 1)(x)
        x = L.Activation("relu", name=f"block{k}_relu")(x)
        x = L.Add(name=f"block{k}_add")([x, s])
    x = L.GlobalMaxPooling2D(keepdims=True)(x)
    x = L.Flatten()(x)
    return keras.Model(i, [L.Dense(3)(x), L.Dense(2, activation="sigmoid", name="other_head")(x)])


@case
def unet():
    x = i = image(8, 8, 2)
    a = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(6, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    c = L.UpSampling2D(2)(b)
    d = L.UpSampling2D(2, interpolation="bilinear")(b)
    e = L.Conv2DTranspose(3, 2, strides=2)(b)
    f = L.Conv2DTranspose(3, 3, strides=2, padding="same")(b)
    x = L.Concatenate(axis=-1)([a, c, d, e, f])
    return keras.Model(i, L.Conv2D(1, 1, activation="hard_sigmoid")(x))


@case
def transposes():
    x = i = image(5, 4, 2)
    a = L.Conv2DTranspose(3, 2, strides=3)(x)
    b = L.Conv2DTranspose(3, (4, 1), strides=(2, 3), padding="same")(x)
    c = L.Conv2DTranspose(2, 4, strides=1, padding="valid")(x)
    return keras.Model(i, [a, b, c])


@case
def text():
    return keras.Sequential([
        L.Input((None,), dtype="int32"), L.Embedding(30, 6), L.Bidirectional(L.LSTM(5, return_sequences=True)),
        L.LSTM(4, return_sequences=True, use_bias=False), L.GRU(3), L.Dense(2)])


@case
def recurrent():
    x = i = L.Input((6, 4))
    a = L.GRU(5, reset_after=False)(x)
    b = L.LSTM(5, recurrent_activation="hard_sigmoid", activation="softsign")(x)
    c = L.SimpleRNN(5, activation="relu")(x)
    d = L.LSTM(5, go_backwards=True)(x)
    e = L.GRU(5, go_backwards=True, return_sequences=True)(x)
    f = L.Bidirectional(L.GRU(5), merge_mode="sum")(x)
    g = L.Bidirectional(L.SimpleRNN(5, return_sequences=True), merge_mode="ave")(x)
    h = L.Bidirectional(L.LSTM(5), backward_layer=L.LSTM(5, go_backwards=True, activation="relu"), merge_mode="mul")(x)
    k = L.Bidirectional(L.GRU(3, use_bias=False))(x)
    y = L.Add()([a, b, c, d, f, h])
    return keras.Model(i, [y, L.Subtract()([e, g]), k])


@case
def sequence():
    x = i = L.Input((9, 3))
    x = L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="gelu")(x)
    x = L.SpatialDropout1D(0.2)(x)
    x = L.SeparableConv1D(5, 2)(x)
    x = L.ZeroPadding1D((1, 0))(x)
    x = L.MaxPooling1D(2)(x)
    x = L.UpSampling1D(3)(x)
    x = L.Conv1DTranspose(4, 3, strides=2, padding="same")(x)
    x = L.AveragePooling1D(3, strides=2)(x)
    x = L.TimeDistributed(L.Dense(4))(x)
    x = L.Dense(3, activation="tanh")(x)
    return keras.Model(i, [L.GlobalAveragePooling1D()(x), L.GlobalMaxPooling1D()(x)])


@case
def transformer():
    x = i = L.Input((5, 8))
    for k in range(2):
        a = L.MultiHeadAttention(2, 4, name=f"att{k}")(x, x)
        x = L.LayerNormalization(name=f"ln{k}a")(x + a)
        f = L.Dense(16, activation="gelu", name=f"up{k}")(x)
        f = L.Dense(8, name=f"down{k}")(f)
        x = L.LayerNormalization(name=f"ln{k}b", epsilon=1e-6)(x + f)
    return keras.Model(i, x)


@case
def attention():
    q, v = L.Input((4, 6), name="q"), L.Input((7, 5), name="v")
    a = L.MultiHeadAttention(3, 2, value_dim=4, use_bias=False, output_shape=9)(q, v)
    b = L.MultiHeadAttention(2, 3)(q, q, use_causal_mask=True)
    return keras.Model([q, v], [a, b])


@case
def reshapes():
    x = i = L.Input((12,))
    x = L.Dense(24)(x)
    x = L.Reshape((3, 4, 2))(x)
    x = L.Permute((3, 1, 2))(x)
    x = L.Conv2D(3, 2)(x)
    x = L.Reshape((-1, 3))(x)
    a = L.Softmax()(x)
    b = L.Flatten()(x)
    c = L.RepeatVector(4)(L.Dense(3)(b))
    return keras.Model(i, [L.Multiply()([a, a]), c])


@case
def activations():
    x = i = L.Input((7,))
    names = ["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "hard_sigmoid", "tanh", "softmax",
             "log_softmax", "softplus", "softsign", "silu", "hard_silu", "mish", "exponential", "celu"]
    ys = [L.Activation(n, name="a_" + n)(x) for n in names]
    ys += [L.ELU(0.7)(x), L.ReLU(negative_slope=0.2)(x), L.PReLU()(x), L.LeakyReLU()(x)]
    return keras.Model(i, L.Concatenate()(ys))


@case
def merges():
    a, b = L.Input((4,)), L.Input((4,))
    ys = [L.Average()([a, b]), L.Maximum()([a, b]), L.Minimum()([a, b]), L.Subtract()([a, b]), L.Multiply()([a, b]),
          a * 2.0 + b, 1.0 - a, a / (b * b + 1.0)]
    return keras.Model([a, b], ys)


@case
def shared():
    a, b = L.Input((4,)), L.Input((4,))
    d = L.Dense(3, name="tower")
    return keras.Model([a, b], L.Concatenate()([d(a), d(b)]))


@case
def nested():
    base = keras.Sequential([L.Input((8, 8, 3)), L.Conv2D(4, 3), L.BatchNormalization()], name="base")
    j = image(6, 6, 4)
    tail = keras.Model(j, L.Conv2D(2, 1)(L.ReLU()(j)), name="tail")
    x = i = image(8, 8, 3)
    x = L.Rescaling(1 / 127.5, offset=-1)(x)
    return keras.Model(i, L.GlobalAveragePooling2D()(tail(base(x))))


@case
def normal():
    x = i = image(5, 5, 6)
    x = L.GroupNormalization(3)(x)
    x = L.Conv2D(4, 1)(x)
    x = L.LayerNormalization(center=False)(x)
    x = L.BatchNormalization(center=False, momentum=0.8)(x)
    x = L.RMSNormalization()(x)
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(i, L.BatchNormalization()(L.Dense(3)(x)))


@case
def volume():
    x = i = image(5, 5, 4, 2)
    x = L.Conv3D(3, 2, activation="relu")(x)
    x = L.MaxPooling3D(2, padding="same")(x)
    x = L.ZeroPadding3D(1)(x)
    return keras.Model(i, L.GlobalAveragePooling3D()(x))


@case
def channels_first():
    x = i = L.Input((3, 6, 6))
    x = L.Permute((2, 3, 1))(x)
    x = L.Conv2D(4, 3)(x)
    x = L.Permute((3, 1, 2))(x)
    x = L.BatchNormalization(axis=1)(x)
    x = L.GlobalAveragePooling2D(data_format="channels_first")(x)
    return keras.Model(i, x)


@case
def free_sizes():
    x = i = L.Input((None, None, 2))
    x = L.Conv2D(3, 3, padding="same", activation="relu")(x)
    x = L.Conv2D(3, 3)(x)
    return keras.Model(i, L.GlobalAveragePooling2D()(x))


def randomize(model, rng):
    for w in model.weights:
        low = 0.5 if "variance" in w.path else -0.7
        w.assign(rng.uniform(low, 0.9, w.shape).astype("float32"))


def inputs(model, rng):
    all = []
    for i in model.inputs:
        shape = [2] + [7 if d is None else d for d in i.shape[1:]]
        all.append(rng.integers(0, 30, shape).astype("int32") if i.dtype == "int32"
                   else rng.uniform(-2, 2, shape).astype("float32"))
    return all


if __name__ == "__main__":
    for number, (name, maker) in enumerate(CASES.items()):
        keras.backend.clear_session()
        rng = np.random.default_rng(number)
        model = maker()
        randomize(model, rng)
        xs = inputs(model, rng)
        ys = model(xs if len(xs) > 1 else xs[0], training=False)
        ys = ys if isinstance(ys, (list, tuple)) else [ys]
        arrays = {"x" + (str(k) if k else ""): np.ascontiguousarray(x) for k, x in enumerate(xs)}
        arrays |= {"y" + (str(k) if k else ""): np.ascontiguousarray(y.numpy()) for k, y in enumerate(ys)}
        save_file(arrays, name + ".safetensors")
        model.save(name + ".keras")
        model.save(name + ".h5")
