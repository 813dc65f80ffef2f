/// Which blobs of a memory node must stay where they are, and on whose word: holds under leases,
/// and the fences that end them.
///
/// Owns data structures and one small file; clock and counts are passed in. May touch
/// `controlplane.api` for [io.kogluktualuk.controlplane.api.Fences].
@NullMarked
package io.kogluktualuk.memnode.lease;

import org.jspecify.annotations.NullMarked;
