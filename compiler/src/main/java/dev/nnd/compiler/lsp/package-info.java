/** The language server: what {@code nnd lsp} speaks with editors. With {@code cli} the only part that touches files. */
@NullMarked
package dev.nnd.compiler.lsp;

import org.jspecify.annotations.NullMarked;
