/** C functions, and memory straight from the operating system. */
@NullMarked
package dev.nnd.runtime.foreign;

import org.jspecify.annotations.NullMarked;
