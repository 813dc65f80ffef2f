package io.kogluktualuk.controlplane.model;

/// When an entry is applied, in the two ways of counting that there are in the log.
///
/// @param proposedAtMillis the wall clock of whoever proposed the entry, since 1970: for people. It
///     may step either way with the clock or the leader, so nothing is decided by it
/// @param elapsedMillis the log's own time, which never goes back: what leases and remembered
///     requests expire by. See [LogClock]
public record Moment(long proposedAtMillis, long elapsedMillis) {

  public Moment {
    if (proposedAtMillis < 0 || elapsedMillis < 0) {
      throw new IllegalArgumentException(
          "proposed at " + proposedAtMillis + ", elapsed " + elapsedMillis);
    }
  }
}
