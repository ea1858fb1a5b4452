/** Times of single ops, for {@code nnd profile}. Programs that are not compiled for it hold no trace of this. */
@NullMarked
package dev.nnd.runtime.profile;

import org.jspecify.annotations.NullMarked;
