/// The software provider: DiSNI's verbs without an adapter, over shared memory within a host and
/// over TCP between hosts.
///
/// Owns the handshake and the choice of the path, the shared-memory links and rings, the doorbells,
/// one-sided access done by the initiator on the target's mapped files, and the TCP data path over
/// Netty's native transport. May touch `rdma.verbs`, DiSNI and Netty. Begin with
/// [io.kogluktualuk.rdma.software.DataPath]; [io.kogluktualuk.rdma.software.Link] has the memory
/// layout, [io.kogluktualuk.rdma.software.CmMessage] the handshake's messages and
/// [io.kogluktualuk.rdma.software.Frame] the frames.
@NullMarked
package io.kogluktualuk.rdma.software;

import org.jspecify.annotations.NullMarked;
