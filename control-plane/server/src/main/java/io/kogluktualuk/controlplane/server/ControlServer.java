package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// A running control node.
///
/// It opens from the bottom up (log, group commit, calls) and closes from the top down.
///
/// **Threading:** any thread.
public final class ControlServer implements AutoCloseable {

  private final ControlService service;
  private final RpcServer calls;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private ControlServer(ControlService service, RpcServer calls) {
    this.service = service;
    this.calls = calls;
  }

  /// Starts a control node on its folder and waits until it can answer.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when its folder or a port is in use, or the
  ///     folder belongs to another cluster
  /// @throws io.kogluktualuk.fabric.fault.Corruption when its log is damaged
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when the folder cannot be used or no leader
  ///     is found in time
  public static ControlServer open(ControlSettings settings) {
    ControlService service = new ControlService(settings);
    try {
      RpcServer calls =
          RpcServer.open(
              settings.bind(),
              service.methods().guardedBy(ControlRules.rules(service::registered)),
              settings.security());
      ControlServer server = new ControlServer(service, calls);
      try {
        service.join(self(settings, calls.address()));
        return server;
      } catch (RuntimeException e) {
        calls.close();
        throw e;
      }
    } catch (RuntimeException e) {
      try {
        service.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /// Where it answers control calls.
  public InetSocketAddress address() {
    return calls.address();
  }

  /// What the `status` call answers.
  public ControlStatus status() {
    return service.status();
  }

  /// What the `plane` call answers.
  public PlaneStatus plane() {
    return service.plane();
  }

  /// What was measured of each log, the main one first.
  public List<LogMeasures> measures() {
    return service.measures();
  }

  /// Writes a snapshot now, so that the next start has nothing to replay.
  public void snapshot(Deadline deadline) {
    service.snapshot(deadline);
  }

  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    try (service) {
      calls.close();
    }
  }

  /// The node's own entry among the members.
  private static MemberInfo self(ControlSettings settings, InetSocketAddress address) {
    return new MemberInfo(
        Role.CONTROL,
        ControlService.nodeId(settings.log().clusterId(), settings.log().nodeId()),
        settings.log().nodeId(),
        settings.bind().getHostString() + ":" + address.getPort(),
        0,
        0,
        0);
  }
}
