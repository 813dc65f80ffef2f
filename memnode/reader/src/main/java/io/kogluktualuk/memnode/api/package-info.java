/// What others may know of a memory node: its control calls (numbers 200–299) and the layout of its
/// index in registered memory.
///
/// Owns values and their canonical encodings. May touch `fabric.core` and the value types of
/// `rdma.transport.memory`; has no threads and no sockets.
@NullMarked
package io.kogluktualuk.memnode.api;

import org.jspecify.annotations.NullMarked;
