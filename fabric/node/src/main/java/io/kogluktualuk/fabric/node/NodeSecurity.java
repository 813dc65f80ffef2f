package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.node.config.SharedConfig;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.trust.Identity;
import io.kogluktualuk.paxoslog.ratis.LogTls;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How the connections of a node, or of a client, are secured: by the identity in a folder, or not
/// at all.
///
/// **Threading:** stateless. **Errors:** as [Identity#open].
public final class NodeSecurity {

  private NodeSecurity() {}

  /// For control calls.
  ///
  /// @param folder as `kog ca issue` writes it; null for none
  public static RpcSecurity of(@Nullable Path folder) {
    if (folder == null) {
      return RpcSecurity.NONE;
    }
    Identity identity = Identity.open(folder);
    return new RpcSecurity.Tls(identity::sslContext, identity::peer, identity.name());
  }

  /// For the control calls of a node, whose certificate has to be its own.
  ///
  /// @throws Conflict when it is another node's
  static RpcSecurity of(SharedConfig shared, PeerName.Role role) {
    Path folder = shared.tlsFolder();
    if (folder != null) {
      PeerName found = Identity.open(folder).name();
      if (found.role() != role || !found.name().equals(shared.name())) {
        throw new Conflict(
            "%s certifies %s; expected %s %s".formatted(folder, found, role.word(), shared.name()));
      }
    }
    return of(folder);
  }

  /// For the replicated log, whose replicas are control nodes.
  static @Nullable LogTls ofLog(@Nullable Path folder) {
    return folder == null ? null : logTls(folder);
  }

  /// As [#ofLog], where there is an identity.
  static LogTls logTls(Path folder) {
    Identity identity = Identity.open(folder);
    return new LogTls(identity.keyManager(), identity.trustManager(Set.of(PeerName.Role.CONTROL)));
  }
}
