/// What a memory node lets go of when it needs room, and what nobody needs any more.
///
/// Owns the policy; the store has the mechanism. May touch `memnode.store`'s tables by
/// [io.kogluktualuk.memnode.store.Residents], `memnode.lease` and `memnode.credit`.
@NullMarked
package io.kogluktualuk.memnode.retention;

import org.jspecify.annotations.NullMarked;
