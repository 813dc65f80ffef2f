package io.kogluktualuk.fabric.node;

import io.kogluktualuk.controlplane.server.ControlServer;
import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.ratis.LogTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The control nodes of an embedded cluster, which start together: each waits until they have a
/// leader.
///
/// **Threading:** stateless; one thread for each node while they start.
final class ControlGroup {

  private ControlGroup() {}

  static List<ControlSettings> of(
      ClusterSettings settings, String cluster, @Nullable ClusterTrust trust) throws IOException {
    List<ControlSettings> all = new ArrayList<>();
    List<LogPeer> peers = peers(settings);
    for (int number = 1; number <= settings.controlNodes(); number++) {
      String name = "control-" + number;
      int port = settings.controlPort() == 0 ? 0 : settings.controlPort() + number - 1;
      InetSocketAddress bind = new InetSocketAddress(settings.host(), port);
      Path folder = settings.folder().resolve(name);
      ControlSettings plain =
          settings.controlNodes() == 1
              ? ControlSettings.single(folder, cluster, bind)
              : ControlSettings.replica(folder, cluster, name, peers, bind);
      all.add(trust == null ? plain : secured(plain, trust.certify(name, settings.host())));
    }
    return all;
  }

  private static ControlSettings secured(ControlSettings plain, Path identity) {
    LogTls tls = NodeSecurity.logTls(identity);
    return plain
        .withSecurity(NodeSecurity.of(identity))
        .withLog(plain.log().withTls(tls.keys(), tls.trust()));
  }

  /// The log's ports are kept: replicas know each other by them.
  private static List<LogPeer> peers(ClusterSettings settings) throws IOException {
    List<LogPeer> peers = new ArrayList<>();
    if (settings.controlNodes() > 1) {
      List<Integer> ports =
          KeptPorts.of(
              settings.folder().resolve("control.ports"), settings.host(), settings.controlNodes());
      for (int number = 1; number <= settings.controlNodes(); number++) {
        peers.add(new LogPeer("control-" + number, settings.host(), ports.get(number - 1)));
      }
    }
    return peers;
  }

  /// Starts all of them; when one fails, the others are closed and its fault is thrown.
  static List<ControlServer> open(List<ControlSettings> all) {
    if (all.size() == 1) {
      return List.of(open(all.getFirst()));
    }
    List<ControlServer> opened = new ArrayList<>();
    FabricException fault = null;
    try (ExecutorService starters = Executors.newFixedThreadPool(all.size())) {
      List<Future<ControlServer>> starting =
          all.stream().map(settings -> starters.submit(() -> open(settings))).toList();
      for (Future<ControlServer> one : starting) {
        try {
          opened.add(one.get());
        } catch (ExecutionException e) {
          fault =
              e.getCause() instanceof FabricException known
                  ? known
                  : new Unavailable("a control node cannot start: " + e.getCause(), e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fault = new Unavailable("interrupted while the control nodes start", e);
    }
    if (fault != null) {
      opened.forEach(ControlServer::close);
      throw fault;
    }
    return opened;
  }

  private static ControlServer open(ControlSettings settings) {
    try {
      return ControlServer.open(settings);
    } catch (Conflict e) {
      throw settings.bind().getPort() == 0
          ? e
          : new Conflict(
              e.getMessage()
                  + "; choose another control port than "
                  + settings.bind().getPort()
                  + ", or 0 for any that is free",
              e);
    }
  }
}
