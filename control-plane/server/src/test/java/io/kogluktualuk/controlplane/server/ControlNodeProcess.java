package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.LogManager;

/// A control node in a process of its own, to be killed and stopped.
///
/// **Ownership:** the child ends with its parent's end of the pipe.
final class ControlNodeProcess {

  private ControlNodeProcess() {}

  /// @param peers of all nodes, in the form that [#peer] makes
  static ChildJvm start(Path folder, String id, int controlPort, List<LogPeer> peers)
      throws IOException {
    return start(folder, id, controlPort, peers, 1, false);
  }

  static ChildJvm start(
      Path folder,
      String id,
      int controlPort,
      List<LogPeer> peers,
      int memoShards,
      boolean isJoining)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                folder.resolve(id).toString(),
                id,
                Integer.toString(controlPort),
                Integer.toString(memoShards),
                Boolean.toString(isJoining)));
    peers.forEach(peer -> arguments.add(peer.id() + "=" + peer.port()));
    return ChildJvm.start(ControlNodeProcess.class, arguments.toArray(String[]::new));
  }

  static LogPeer peer(String id, int port) {
    return new LogPeer(id, "127.0.0.1", port);
  }

  /// Prints where control calls are answered, and stays until its input ends.
  public static void main(String[] arguments) throws IOException {
    LogManager.getLogManager().reset();
    List<LogPeer> peers = new ArrayList<>();
    for (int i = 5; i < arguments.length; i++) {
      String[] words = arguments[i].split("=");
      peers.add(peer(words[0], Integer.parseInt(words[1])));
    }
    InetSocketAddress bind = RdmaAddress.port(Integer.parseInt(arguments[2]));
    ControlSettings settings =
        ControlSettings.replica(Path.of(arguments[0]), "cluster", arguments[1], peers, bind)
            .withMemoShards(Integer.parseInt(arguments[3]))
            .withSnapshotAfter(200_000, 1_000_000);
    settings = settings.withLog(settings.log().withStartTimeout(Duration.ofSeconds(60)));
    if (Boolean.parseBoolean(arguments[4])) {
      settings = settings.withLog(settings.log().joining());
    }
    try (ControlServer server = ControlServer.open(settings)) {
      System.out.println(server.address().getPort());
      while (System.in.read() >= 0) {
        // Only its end means something.
      }
    }
  }
}
