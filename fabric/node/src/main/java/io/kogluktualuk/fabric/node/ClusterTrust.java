package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.node.config.NodeRole;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.trust.Authority;
import io.kogluktualuk.fabric.trust.Subject;
import io.kogluktualuk.memnode.api.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The certificates of a cluster all of whose nodes belong to one user of one host: its authority
/// is in the state folder, too.
///
/// ```
/// HOME/authority      the roots and their keys; made once
/// HOME/identity       the client that may do everything: whoever owns the folder
/// HOME/memory-1/tls   a node's
/// ```
///
/// All are certified again at each start, for [Authority#PEER_VALIDITY_MAX].
///
/// **Threading:** under the folder's lock. **Errors:** as [Authority].
final class ClusterTrust {

  /// Where a node's identity is, in the node's folder.
  static final String NODE_FOLDER = "tls";

  private static final String AUTHORITY = "authority";
  private static final String CLIENT = "identity";

  private final Path folder;
  private final Authority authority;

  private ClusterTrust(Path folder, Authority authority) {
    this.folder = folder;
    this.authority = authority;
  }

  /// Opens the authority, makes it at first, and certifies the client.
  static ClusterTrust open(ClusterSettings settings, String cluster) throws IOException {
    Path roots = settings.folder().resolve(AUTHORITY);
    boolean isThere = Files.exists(roots);
    ClusterTrust trust =
        new ClusterTrust(
            settings.folder(), isThere ? Authority.open(roots) : Authority.create(roots, cluster));
    int former = FormerNodes.count(settings.folder(), NodeRole.MEMORY);
    trust.certifyClient(EmbeddedCluster.tenants(settings, former));
    return trust;
  }

  private void certifyClient(List<Tenant> others) {
    Set<String> tenants = others.stream().map(Tenant::name).collect(Collectors.toSet());
    tenants.add(Tenant.DEFAULT.name());
    Subject subject = Subject.client(authority.cluster(), "owner", tenants, Set.of(), true);
    authority.issue(subject, Authority.PEER_VALIDITY_MAX).writeTo(client());
  }

  /// With what a client proves who it is.
  Path client() {
    return folder.resolve(CLIENT);
  }

  /// Certifies a node of the name `ROLE-NUMBER`.
  ///
  /// @return the folder of its identity
  Path certify(String name, String host) {
    PeerName.Role role = PeerName.Role.parse(name.substring(0, name.indexOf('-')));
    Path identity = folder.resolve(name).resolve(NODE_FOLDER);
    Subject subject = Subject.server(authority.cluster(), role, name, List.of(host));
    authority.issue(subject, Authority.PEER_VALIDITY_MAX).writeTo(identity);
    return identity;
  }
}
