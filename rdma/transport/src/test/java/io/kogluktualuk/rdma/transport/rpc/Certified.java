package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.PeerName.Role;
import io.kogluktualuk.fabric.trust.Authority;
import io.kogluktualuk.fabric.trust.Identity;
import io.kogluktualuk.fabric.trust.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// A cluster with an authority, for tests.
///
/// **Threading:** one thread.
final class Certified {

  private final Path folder;
  private final Authority authority;

  Certified(Path folder, String cluster) {
    this.folder = folder.resolve(cluster);
    this.authority = Authority.create(this.folder.resolve("ca"), cluster);
  }

  Authority authority() {
    return authority;
  }

  RpcSecurity client(String name) {
    return security(Subject.client(authority.cluster(), name, Set.of("trades"), Set.of(), false));
  }

  RpcSecurity server(Role role, String name, String host) {
    return security(Subject.server(authority.cluster(), role, name, List.of(host)));
  }

  RpcSecurity server() {
    return server(Role.MEMORY, "memory-1", Calls.anyPort().getAddress().getHostAddress());
  }

  /// The certificate of one with the trust of another.
  RpcSecurity mixed(String trust, String own) {
    try {
      Path from = folder.resolve(trust).resolve("trust.pem");
      Path to = folder.resolve(own).resolve("trust.pem");
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return opened(folder.resolve(own));
  }

  private RpcSecurity security(Subject subject) {
    Path files = folder.resolve(subject.peer().name());
    authority.issue(subject, Duration.ofDays(1)).writeTo(files);
    return opened(files);
  }

  private static RpcSecurity opened(Path files) {
    Identity identity = Identity.open(files);
    return new RpcSecurity.Tls(identity::sslContext, identity::peer, identity.name());
  }

  static RpcSettings with(RpcSecurity security) {
    return RpcSettings.defaults().withSecurity(security);
  }
}
