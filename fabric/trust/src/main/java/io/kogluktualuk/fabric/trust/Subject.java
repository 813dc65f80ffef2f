package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.PeerName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a certificate says about its holder, and how that is written: as URIs among the subject's
/// alternative names.
///
/// ```
/// kog://CLUSTER/control|memory|compute|client/NAME     exactly one
/// kog://CLUSTER/tenant/TENANT                          clients: whose content they may touch
/// kog://CLUSTER/account/ACCOUNT                        clients: who pays for what they put
/// kog://CLUSTER/admin                                  clients: may administer
/// ```
///
/// **Threading:** immutable.
/// **Bound:** [#LISTED_MAX] hosts, tenants, accounts each.
///
/// @param hosts DNS names and IP addresses under which a server is called
public record Subject(PeerName peer, List<String> hosts) {

  static final int LISTED_MAX = 64;

  private static final String SCHEME = "kog://";

  /// @throws InvalidArgument when a name does not have its form, or does not go with the role
  public Subject {
    hosts = List.copyOf(hosts);
    Names.CLUSTER.check(peer.cluster());
    Names.PEER.check(peer.name());
    hosts.forEach(Names.HOST::check);
    peer.tenants().forEach(Names.TENANT::check);
    peer.accounts().forEach(Names.ACCOUNT::check);
    bounded("hosts", hosts.size());
    bounded("tenants", peer.tenants().size());
    bounded("accounts", peer.accounts().size());
    boolean isForClients =
        peer.isAdmin() || !peer.tenants().isEmpty() || !peer.accounts().isEmpty();
    if (peer.role().isServer() && isForClients) {
      throw new InvalidArgument(peer + ": tenants, accounts and admin are for clients only");
    }
    if (peer.role().isServer() && hosts.isEmpty()) {
      throw new InvalidArgument(
          peer + ": a server needs one host at least, under which it is called");
    }
  }

  private static void bounded(String what, int count) {
    if (count > LISTED_MAX) {
      throw new InvalidArgument(
          "a certificate has at most " + LISTED_MAX + " " + what + ", not " + count);
    }
  }

  /// A control, memory or compute node.
  public static Subject server(
      String cluster, PeerName.Role role, String name, List<String> hosts) {
    return new Subject(new PeerName(cluster, role, name, Set.of(), Set.of(), false), hosts);
  }

  /// Somebody who calls.
  public static Subject client(
      String cluster, String name, Set<String> tenants, Set<String> accounts, boolean isAdmin) {
    return new Subject(
        new PeerName(cluster, PeerName.Role.CLIENT, name, tenants, accounts, isAdmin), List.of());
  }

  /// Its URIs, in a fixed order.
  List<String> uris() {
    String root = SCHEME + peer.cluster() + "/";
    List<String> uris = new ArrayList<>();
    uris.add(root + peer.role().word() + "/" + peer.name());
    new TreeSet<>(peer.tenants()).forEach(tenant -> uris.add(root + "tenant/" + tenant));
    new TreeSet<>(peer.accounts()).forEach(account -> uris.add(root + "account/" + account));
    if (peer.isAdmin()) {
      uris.add(root + "admin");
    }
    return uris;
  }

  /// The reverse of [#uris]. Foreign text: everything is checked.
  ///
  /// @param what names the certificate in messages
  /// @throws MalformedEncoding when these are not the URIs of one peer of one cluster
  static Subject of(String what, List<String> uris, List<String> hosts) {
    UriReader reader = new UriReader(what);
    uris.forEach(reader::take);
    try {
      return new Subject(reader.peer(), hosts);
    } catch (InvalidArgument e) {
      throw new MalformedEncoding(what + ": " + e.getMessage(), e);
    }
  }

  /// Collects what the URIs of one certificate say.
  ///
  /// **Threading:** one thread.
  private static final class UriReader {
    private final String what;
    private final Set<String> tenants = new TreeSet<>();
    private final Set<String> accounts = new TreeSet<>();
    private String cluster = "";
    private String name = "";
    private PeerName.Role role = PeerName.Role.CLIENT;
    private boolean isAdmin;

    UriReader(String what) {
      this.what = what;
    }

    void take(String uri) {
      String[] parts =
          uri.startsWith(SCHEME) ? uri.substring(SCHEME.length()).split("/", -1) : null;
      if (parts == null || parts.length < 2 || parts.length > 3) {
        throw bad("has the URI '" + cut(uri) + "', expected " + SCHEME + "CLUSTER/ROLE/NAME");
      }
      if (!cluster.isEmpty() && !cluster.equals(parts[0])) {
        throw bad("names two clusters: '" + cluster + "' and '" + cut(parts[0]) + "'");
      }
      cluster = parts[0];
      if (parts.length == 2) {
        takeAdmin(parts[1]);
      } else {
        take(parts[1], parts[2]);
      }
    }

    private void takeAdmin(String word) {
      if (!word.equals("admin")) {
        throw bad("has the right '" + cut(word) + "', expected 'admin'");
      }
      isAdmin = true;
    }

    private void take(String kind, String value) {
      switch (kind) {
        case "tenant" -> tenants.add(value);
        case "account" -> accounts.add(value);
        default -> {
          if (!name.isEmpty()) {
            throw bad("names two peers: '" + name + "' and '" + cut(value) + "'");
          }
          role = roleOf(kind);
          name = value;
        }
      }
    }

    private PeerName.Role roleOf(String word) {
      try {
        return PeerName.Role.parse(cut(word));
      } catch (InvalidArgument e) {
        throw bad("is malformed: " + e.getMessage());
      }
    }

    PeerName peer() {
      if (name.isEmpty()) {
        throw bad("names no peer; expected the URI " + SCHEME + "CLUSTER/ROLE/NAME");
      }
      return new PeerName(cluster, role, name, tenants, accounts, isAdmin);
    }

    private MalformedEncoding bad(String problem) {
      return new MalformedEncoding(what + " " + problem);
    }

    private static String cut(String text) {
      return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
  }
}
