/// What a program can call: WASI preview 1 over the transaction's files, and the `kog` imports of
/// `computenode/programs/kog.h`.
///
/// Every answer is a function of the transaction. Touches `runtime.namespace`, `runtime.tracking`
/// and the virtual machine's public interface; never the host's files, clock, network or
/// randomness.
@NullMarked
package io.kogluktualuk.computenode.runtime.guest;

import org.jspecify.annotations.NullMarked;
