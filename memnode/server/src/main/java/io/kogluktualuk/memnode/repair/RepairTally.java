package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.memnode.api.RepairStatus;

/// Counts what a [RepairAgent] does.
///
/// **Threading:** the agent's thread counts, any thread asks; one lock for an addition.
final class RepairTally {

  /// What one look at everything has found. Its thread's own.
  static final class Round {
    long missing;
    long failed;
    long left;
    long leftBytes;
  }

  private long sweeps;
  private long looked;
  private long copied;
  private long copiedBytes;
  private long failed;
  private long restored;
  private long surplus;
  private long underReplicated;
  private long drainLeftBytes;
  private boolean isDrained;

  Round begin() {
    return new Round();
  }

  /// The round has seen everything.
  synchronized void end(Round round, boolean isDraining) {
    sweeps++;
    underReplicated = round.missing;
    drainLeftBytes = isDraining ? round.leftBytes : 0;
    isDrained = isDraining && round.left == 0 && round.failed == 0;
  }

  synchronized void looked(long blobs) {
    looked += blobs;
  }

  /// A copy was made, or was not.
  synchronized void copied(long bytes, boolean isDone) {
    copied += isDone ? 1 : 0;
    copiedBytes += isDone ? bytes : 0;
    failed += isDone ? 0 : 1;
  }

  synchronized void restored() {
    restored++;
  }

  synchronized void surplus() {
    surplus++;
  }

  synchronized RepairStatus status() {
    return new RepairStatus(
        sweeps,
        looked,
        copied,
        copiedBytes,
        failed,
        restored,
        surplus,
        underReplicated,
        drainLeftBytes,
        isDrained);
  }
}
