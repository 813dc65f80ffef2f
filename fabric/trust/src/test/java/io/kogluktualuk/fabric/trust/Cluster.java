package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.rpc.PeerName;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;

/// An authority for tests, with the identities it has issued.
///
/// **Threading:** one thread.
final class Cluster {

  private final Path folder;
  private final Authority authority;

  Cluster(Path folder, String name) {
    this.folder = folder.resolve(name);
    this.authority = Authority.create(this.folder.resolve("ca"), name);
  }

  Authority authority() {
    return authority;
  }

  Path folderOf(String name) {
    return folder.resolve(name);
  }

  Subject server(PeerName.Role role, String name) {
    return Subject.server(authority.cluster(), role, name, List.of("localhost", "127.0.0.1"));
  }

  Subject client(String name) {
    return Subject.client(authority.cluster(), name, Set.of("trades"), Set.of("desk"), false);
  }

  /// Writes a fresh certificate.
  void issue(Subject subject) {
    authority.issue(subject, Authority.PEER_VALIDITY).writeTo(folderOf(subject.peer().name()));
  }

  Identity identity(Subject subject) {
    issue(subject);
    return Identity.open(folderOf(subject.peer().name()));
  }

  /// What was issued by this cluster's authority so long ago, and was valid for a day.
  Issued issuedBefore(Subject subject, Duration ago) {
    Clock then = Clock.fixed(Instant.now().minus(ago), ZoneOffset.UTC);
    return Authority.open(folder.resolve("ca"), then).issue(subject, Duration.ofDays(1));
  }
}
