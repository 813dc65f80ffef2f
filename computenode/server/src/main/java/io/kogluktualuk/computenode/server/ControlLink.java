package io.kogluktualuk.computenode.server;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// The control plane, by whichever of its nodes answers.
///
/// **Threading:** safe for any number of threads. **Ownership:** owns its channels.
/// **Bound:** each call is tried once at each control node.
final class ControlLink implements AutoCloseable {

  private static final Duration CALL_MAX = Duration.ofSeconds(10);

  private final List<Channel> channels = new ArrayList<>();
  private final List<ControlClient> clients = new ArrayList<>();
  private final AtomicInteger current = new AtomicInteger();

  ControlLink(List<InetSocketAddress> addresses) {
    for (InetSocketAddress address : addresses) {
      Channel channel = RpcClient.open(address);
      channels.add(channel);
      clients.add(new ControlClient(channel, CALL_MAX));
    }
  }

  <R> R call(Function<ControlClient, R> call) {
    int first = current.get();
    for (int i = 0; ; i++) {
      int chosen = (first + i) % clients.size();
      try {
        R answer = call.apply(clients.get(chosen));
        current.set(chosen);
        return answer;
      } catch (Unavailable e) {
        if (i + 1 >= clients.size()) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() {
    channels.forEach(Channel::close);
  }
}
