/// The software provider: DiSNI's verbs between processes of one host, without native code or root.
///
/// Owns the connection handshake over TCP, the shared-memory links and rings, the doorbells, and
/// one-sided access done by the initiator on the target's mapped files. May touch `rdma.verbs` and
/// DiSNI. See [io.kogluktualuk.rdma.software.Link] for the memory layout and
/// [io.kogluktualuk.rdma.software.CmMessage] for the wire format.
@NullMarked
package io.kogluktualuk.rdma.software;

import org.jspecify.annotations.NullMarked;
