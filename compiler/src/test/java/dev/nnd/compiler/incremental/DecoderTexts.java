package dev.nnd.compiler.incremental;

/** Small decoders, each written in a way of its own. */
public enum DecoderTexts {
    /** Positions from a table, one projection for queries, keys and values; layers that are functions. */
    GPT("""
            block Layer(heads: int) {
              input x: f32[N, T, D]
              let d = D / heads
              let qkv = x -> LayerNorm() -> Dense(3 * D, bias: false) -> rearrange[N, T, (3 heads d) -> 3, N, heads, T, d]
              let a = x + (attention(qkv[0], qkv[1], qkv[2], causal: true)
                -> rearrange[N, heads, T, d -> N, T, (heads d)] -> Dense(D, bias: false))
              output a + (a -> LayerNorm() -> Dense(2 * D) -> gelu -> Dense(D))
            }
            model Net {
              input tokens: i32[N, T]
              require T <= 12
              layer embed = Embedding(11, 8)
              layer positions = Embedding(12, 8)
              output logits: f32[N, T, 11] = embed(tokens) + positions(range(T)) -> Layer(2) * 3 -> LayerNorm()
                -> matmul(transpose(embed.weight))
            }
            """),
    /** The library's layers. */
    GPT2("""
            model Net {
              input tokens: i32[N, T]
              layer embed = Embedding(11, 8)
              output logits: f32[N, T, 11] = embed(tokens) -> PositionalEmbedding(12) -> Dropout(0.1)
                -> TransformerEncoder(2, 2, ffn: 16, activation: gelu_tanh, pre_norm: true, causal: true)
                -> matmul(transpose(embed.weight))
            }
            """),
    /** Rotary positions, heads that share keys and values. */
    LLAMA("""
            block Layer(heads: int, kv_heads: int) {
              input x: f32[N, T, D]
              let h = x + (x -> RMSNorm() -> MultiHeadAttention(heads, kv_heads: kv_heads, causal: true, rotary: true, bias: false))
              output h + (h -> RMSNorm() -> SwiGLU(12))
            }
            model Net {
              input tokens: i32[N, T]
              output logits: f32[N, T, 11] = tokens -> Embedding(11, 16) -> Layer(4, 2) * 2 -> RMSNorm() -> Dense(11, bias: false)
            }
            """),
    /** One layer, which is no function: all behind the attention is computed for the last token alone. */
    SINGLE("""
            model Net {
              input tokens: i64[N, T]
              output logits: f32[N, T, 7] = tokens -> Embedding(7, 8) -> SinusoidalPositions()
                -> TransformerEncoder(1, 2, ffn: 16, causal: true) -> Dense(7)
            }
            """),
    /** A mask that is added, made once and handed to all layers. */
    ADDED_MASK("""
            block Layer() {
              input x: f32[N, T, D]
              input mask: f32[T, T]
              let q = x -> Dense(D) as q
              let k = x -> Dense(D) as k
              let v = x -> Dense(D) as v
              let s = matmul(q, transpose(k)) / sqrt(8.0) + mask
              output x + matmul(softmax(s), v)
            }
            model Net {
              input tokens: i32[N, T]
              let place = range(T)
              let mask = select(place[:, none] >= place[none, :], 0.0, -1e9)
              let h = tokens -> Embedding(9, 8)
              let a = (h, mask) -> Layer() as first
              let b = (a, mask) -> Layer() as second
              output logits: f32[N, T, 9] = b -> Dense(9)
            }
            """),
    /** A softmax by hand, a window of three, distances that are subtracted from the scores (Press et al. 2022). */
    WINDOW("""
            model Net {
              input tokens: i32[N, T]
              let x = tokens -> Embedding(9, 8)
              let q = x -> Dense(8) as q
              let k = x -> Dense(8) as k
              let v = x -> Dense(8) as v
              let distance = cast[f32](range(T)[:, none] - range(T)[none, :])
              let s = matmul(q, transpose(k)) * 0.3 - 0.5 * distance
              let seen = distance >= 0.0 and distance < 3.0
              let e = exp(select(seen, s, -1e9))
              output logits: f32[N, T, 9] = x + matmul(e / sum(e, axis: -1)[:, :, none], v) -> Dense(9)
            }
            """),
    /** Time first. */
    TIME_FIRST("""
            model Net {
              input tokens: i32[N, T]
              let x = tokens -> Embedding(9, 8) -> rearrange[N, T, D -> T, N, D]
              let k = x -> Dense(8) as k
              let h = x + (rearrange[N, heads, T, d -> T, N, (heads d)](attention(
                rearrange[T, N, (2 d) -> N, 2, T, d](x), rearrange[T, N, (2 d) -> N, 2, T, d](k), rearrange[T, N, (2 d) -> N, 2, T, d](x), causal: true)))
              output logits: f32[N, T, 9] = h -> rearrange[T, N, D -> N, T, D] -> Dense(9)
            }
            """);

    private final String text;

    DecoderTexts(String text) {
        this.text = text;
    }

    /** The model {@code Net}. */
    public String text() {
        return text;
    }
}
