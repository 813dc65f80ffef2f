/// Receive credits: how many messages may be on their way to a peer, and what it must be told. No
/// timers, no threads and no transport of its own.
@NullMarked
package io.kogluktualuk.rdma.transport.credit;

import org.jspecify.annotations.NullMarked;
