/// Registered memory: buffers and their pool, regions published to peers, one-sided reads and
/// writes.
///
/// Owns the lifetime of registered bytes and the queue pairs that move them. May touch
/// `rdma.verbs`; never knows what the bytes mean.
@NullMarked
package io.kogluktualuk.rdma.transport.memory;

import org.jspecify.annotations.NullMarked;
