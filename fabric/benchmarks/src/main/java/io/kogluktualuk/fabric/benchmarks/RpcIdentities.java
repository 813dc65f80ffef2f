package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.trust.Authority;
import io.kogluktualuk.fabric.trust.Subject;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Who the two processes of [RpcBench] are to each other, where they use TLS. The files are beside
/// their socket.
///
/// **Threading:** stateless.
final class RpcIdentities {

  private static final String CLUSTER = "bench";

  private RpcIdentities() {}

  static void make(Path socket) {
    Authority authority = Authority.create(socket.resolveSibling("authority"), CLUSTER);
    String host = InetAddress.getLoopbackAddress().getHostAddress();
    Subject target = Subject.server(CLUSTER, PeerName.Role.MEMORY, "target", List.of(host));
    authority.issue(target, Authority.PEER_VALIDITY).writeTo(server(socket));
    Subject initiator = Subject.client(CLUSTER, "initiator", Set.of(), Set.of(), false);
    authority.issue(initiator, Authority.PEER_VALIDITY).writeTo(client(socket));
  }

  static Path server(Path socket) {
    return socket.resolveSibling("target");
  }

  static Path client(Path socket) {
    return socket.resolveSibling("initiator");
  }
}
