package io.kogluktualuk.paxoslog.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a replica knows about itself and its log at one moment.
///
/// @param leader the id of the leader, or null while there is none
/// @param commitIndex the last entry that this replica knows to be agreed on
/// @param appliedIndex the last entry that its state machine has seen
/// @param address where this replica's consensus port really is
/// @param peers the replicas that the log has agreed on, as far as this one knows
/// @param followers on the leader: how far each other replica is; elsewhere empty
/// @param failure why this replica has stopped applying entries, or null while it is healthy
public record LogStatus(
    String id,
    Role role,
    long term,
    @Nullable String leader,
    long commitIndex,
    long appliedIndex,
    long snapshotIndex,
    String address,
    List<LogPeer> peers,
    List<FollowerStatus> followers,
    @Nullable String failure) {

  public LogStatus {
    peers = List.copyOf(peers);
    followers = List.copyOf(followers);
  }

  /// How many agreed entries this replica has yet to apply.
  public long lagEntries() {
    return Math.max(0, commitIndex - appliedIndex);
  }

  /// The part a replica plays in its log.
  public enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    /// Waits to be made a member.
    JOINING,
    /// Was a member and is none any more.
    REMOVED,
    STOPPED
  }
}
