/** Which word of a text means what: names resolved over syntax trees alone, so that it works in files with errors. */
@NullMarked
package dev.nnd.compiler.lsp.names;

import org.jspecify.annotations.NullMarked;
