package io.kogluktualuk.rdma.transport.rpc;

import java.util.concurrent.Semaphore;

/// What a server is doing, for whoever asks.
///
/// **Threading:** any thread.
record ServerGauges(RpcGroup group, Semaphore places, int callsMax)
    implements RpcStatistics.Gauges {

  @Override
  public int callsInFlight() {
    return callsMax - places.availablePermits();
  }

  @Override
  public int creditsAvailable() {
    return group.endpoints().stream()
        .filter(endpoint -> endpoint.isUp() && !endpoint.isLost())
        .mapToInt(endpoint -> endpoint.outbox().creditsAvailable())
        .sum();
  }

  @Override
  public int waitingForCredits() {
    return group.endpoints().stream().mapToInt(endpoint -> endpoint.outbox().waiting()).sum();
  }

  @Override
  public int connections() {
    return (int) group.endpoints().stream().filter(RpcEndpoint::isUp).count();
  }
}
