package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.time.Duration;

/// How long a handler may take: as long as its caller waits, and no longer than an entry may.
///
/// **Threading:** stateless.
final class CallTime {

  private CallTime() {}

  static Deadline within(Duration most) {
    if (RpcServer.DEADLINE.isBound()) {
      Deadline caller = RpcServer.DEADLINE.get();
      if (caller.remaining().compareTo(most) < 0) {
        return caller;
      }
    }
    return Deadline.after(most);
  }
}
