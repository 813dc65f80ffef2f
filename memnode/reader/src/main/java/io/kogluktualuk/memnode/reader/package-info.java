/// Reading and writing blobs on memory nodes from anywhere in the fabric: placement, locations,
/// one-sided reads and writes, verification.
///
/// Owns queue pairs to the nodes, registered buffers and the cache of locations. May touch
/// `memnode.api` and `rdma.transport`; decides nothing about what is kept or evicted.
@NullMarked
package io.kogluktualuk.memnode.reader;

import org.jspecify.annotations.NullMarked;
