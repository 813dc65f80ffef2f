/// Control calls over DaRPC: a [io.kogluktualuk.fabric.rpc.Channel] to one server, and the server.
///
/// Owns call ids, deadlines, reconnection. May touch `transport.credit` and `rdma.verbs`; business
/// errors pass through untouched.
@NullMarked
package io.kogluktualuk.rdma.transport.rpc;

import org.jspecify.annotations.NullMarked;
