package io.kogluktualuk.paxoslog.simulated;

/// How often what may go wrong does, in a thousand.
///
/// @param replyLost an append ends without an answer: its entry is lost, applied, or applied
///     later
/// @param leaderLost a leader falls when something happens in the cluster
/// @param followerLags a follower that need not have an entry does not get it yet
public record LogFaults(int replyLost, int leaderLost, int followerLags) {

  public static final LogFaults NONE = new LogFaults(0, 0, 0);

  /// Enough of everything that a run of a hundred appends sees it.
  public static final LogFaults SOME = new LogFaults(50, 50, 500);
}
