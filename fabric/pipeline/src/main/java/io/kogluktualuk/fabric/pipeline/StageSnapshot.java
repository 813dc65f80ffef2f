package io.kogluktualuk.fabric.pipeline;

import java.util.List;

/// How a stage stands, and what it has counted since its start. Rates are differences of two
/// snapshots by their times.
///
/// @param stage its name
/// @param nanoTime when this was, on the process's monotonic clock
/// @param upstream links from upstream that are open
/// @param windowEnvelopes how many may be in progress
/// @param windowBytes how many bytes they may stand for
/// @param inProgress envelopes that have come and are not done, here or downstream
/// @param inProgressBytes what they stand for
/// @param received envelopes that came for the first time
/// @param receivedBytes what they stood for
/// @param processed envelopes that the handler is through with
/// @param emitted envelopes sent, over all branches
/// @param emittedBytes what they stood for
/// @param done envelopes whose end was told upstream, or for a source: that ended
/// @param viewedBytes that the handler has looked at
/// @param storedBytes that were put for outputs
/// @param heldBytes that are held for outputs which are not done
/// @param duplicates envelopes that came again
/// @param recomputed lost values that were computed again
/// @param failures failed attempts of the handler
/// @param setAside envelopes that this stage has set aside
/// @param kept of those, how many are in the journal now
/// @param dropped envelopes that were lost here
/// @param orphaned of those, because their holder had gone
/// @param adopted envelopes whose value this stage held because their senders were silent
/// @param forged envelopes that carried something else than they said
/// @param refused outputs that a stage downstream has refused
/// @param malformed frames, envelopes and messages that made no sense
/// @param overdrawn links ended because they sent more than was granted
/// @param readmitted links over queues that were ended so, and were taken again
/// @param starved outputs that waited too long for credits
/// @param givenUp outputs that nobody downstream ever reported done
/// @param breaks of links
/// @param strays verdicts on envelopes that nobody knew
/// @param branches links downstream
public record StageSnapshot(
    String stage,
    long nanoTime,
    int upstream,
    long windowEnvelopes,
    long windowBytes,
    long inProgress,
    long inProgressBytes,
    long received,
    long receivedBytes,
    long processed,
    long emitted,
    long emittedBytes,
    long done,
    long viewedBytes,
    long storedBytes,
    long heldBytes,
    long duplicates,
    long recomputed,
    long failures,
    long setAside,
    long kept,
    long dropped,
    long orphaned,
    long adopted,
    long forged,
    long refused,
    long malformed,
    long overdrawn,
    long readmitted,
    long starved,
    long givenUp,
    long breaks,
    long strays,
    List<LinkSnapshot> branches) {

  static StageSnapshot of(
      String stage,
      long nanoTime,
      int upstream,
      Ledger.Grant window,
      Ledger.Grant inProgress,
      int kept,
      Counts counts,
      Outlets outlets) {
    return new StageSnapshot(
        stage,
        nanoTime,
        upstream,
        window.envelopes(),
        window.bytes(),
        inProgress.envelopes(),
        inProgress.bytes(),
        counts.received.sum(),
        counts.receivedBytes.sum(),
        counts.processed.sum(),
        counts.emitted.sum(),
        counts.emittedBytes.sum(),
        counts.done.sum(),
        counts.viewedBytes.sum(),
        counts.storedBytes.sum(),
        outlets.heldBytes(),
        counts.duplicates.sum(),
        counts.recomputed.sum(),
        counts.failures.sum(),
        counts.setAside.sum(),
        kept,
        counts.dropped.sum(),
        counts.orphaned.sum(),
        counts.adopted.sum(),
        counts.forged.sum(),
        counts.refused.sum(),
        counts.malformed.sum(),
        counts.overdrawn.sum(),
        counts.readmitted.sum(),
        counts.starved.sum(),
        counts.givenUp.sum(),
        counts.breaks.sum(),
        counts.strays.sum(),
        outlets.snapshots());
  }

  /// Credits downstream that are not used, over all branches.
  public long freeEnvelopes() {
    return branches.stream().mapToLong(LinkSnapshot::freeEnvelopes).sum();
  }

  /// Envelopes sent and not done, over all branches.
  public long outbox() {
    return branches.stream().mapToLong(LinkSnapshot::outbox).sum();
  }

  /// Envelopes sent again, over all branches.
  public long resent() {
    return branches.stream().mapToLong(LinkSnapshot::resent).sum();
  }
}
