/// The words for rights and accounts that control plane, memory nodes and readers share: who holds
/// what, and for whom. Values only; what they mean is enforced where the bytes lie.
@NullMarked
package io.kogluktualuk.fabric.lease;

import org.jspecify.annotations.NullMarked;
