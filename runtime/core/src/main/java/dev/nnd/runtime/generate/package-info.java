/**
 * Text from decoders: steps with caches, batches of prompts of unequal lengths, and the choice of the next token.
 * Must not know: tokenizers, training, the compiler. Start here: {@link dev.nnd.runtime.generate.Generator}.
 */
@NullMarked
package dev.nnd.runtime.generate;

import org.jspecify.annotations.NullMarked;
