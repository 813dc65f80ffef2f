package io.kogluktualuk.fabric.rpc;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.Locale;
import java.util.Set;

/// What the cluster's authority has certified about the other side of a connection.
///
/// **Threading:** immutable.
///
/// @param cluster the cluster it belongs to
/// @param name what it is called, unique within its role
/// @param tenants whose content a client may touch; nodes serve all
/// @param accounts who pays for what a client puts; empty when it is not bound to any
/// @param isAdmin whether a client may administer the cluster
public record PeerName(
    String cluster,
    Role role,
    String name,
    Set<String> tenants,
    Set<String> accounts,
    boolean isAdmin)
    implements Caller {

  /// What it is.
  public enum Role {
    CONTROL,
    MEMORY,
    COMPUTE,
    CLIENT;

    /// As it is written in certificates and on the command line: `memory`.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// The reverse of [#word].
    ///
    /// @throws InvalidArgument when no role is written like that
    public static Role parse(String word) {
      for (Role role : values()) {
        if (role.word().equals(word)) {
          return role;
        }
      }
      throw new InvalidArgument(
          "no role is called '" + word + "'; expected control, memory, compute or client");
    }

    /// Whether it answers calls of others.
    public boolean isServer() {
      return this != CLIENT;
    }
  }

  public PeerName {
    tenants = Set.copyOf(tenants);
    accounts = Set.copyOf(accounts);
  }

  /// What it is called in its cluster: `memory memory-1`. Nobody else is.
  public String title() {
    return role.word() + " " + name;
  }

  /// `memory memory-1 of cluster north`.
  @Override
  public String toString() {
    return title() + " of cluster " + cluster;
  }
}
