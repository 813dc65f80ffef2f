/// Receive credits: how many messages may be on their way to a peer, and who waits. No timers and
/// no transport of its own.
@NullMarked
package io.kogluktualuk.rdma.transport.credit;

import org.jspecify.annotations.NullMarked;
