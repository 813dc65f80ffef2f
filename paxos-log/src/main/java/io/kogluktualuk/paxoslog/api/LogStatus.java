package io.kogluktualuk.paxoslog.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a replica knows about itself and its log at one moment.
///
/// @param leader the id of the leader, or null while there is none
/// @param address where this replica's consensus port really is
/// @param failure why this replica has stopped applying entries, or null while it is healthy
public record LogStatus(
    String id,
    Role role,
    long term,
    @Nullable String leader,
    long appliedIndex,
    long snapshotIndex,
    String address,
    List<LogPeer> peers,
    @Nullable String failure) {

  public LogStatus {
    peers = List.copyOf(peers);
  }

  /// The part a replica plays in its log.
  public enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    STOPPED
  }
}
