package io.kogluktualuk.fabric.node;

import io.kogluktualuk.memnode.api.RepairStatus;
import io.kogluktualuk.memnode.server.KeepingNumbers;
import java.util.ArrayList;
import java.util.List;

/// What a memory node publishes about which of its blobs stay and go, and about copies.
///
/// **Threading:** stateless.
final class KeepingSamples {

  private KeepingSamples() {}

  static List<Sample> of(KeepingNumbers n) {
    List<Sample> samples = new ArrayList<>();
    samples.add(gauge("charged_bytes", "Bytes that may not be evicted", n.chargedBytes()));
    samples.add(gauge("evictable_bytes", "Bytes that may be evicted", n.evictableBytes()));
    samples.add(gauge("waiting", "Calls that wait for credits or room", n.waiting()));
    samples.add(counter("waits_in_vain", "Those that were refused in the end", n.waitsInVain()));
    samples.add(evicted(n.evicted() - n.evictedAhead(), "room"));
    samples.add(evicted(n.evictedAhead(), "ahead"));
    samples.add(counter("evicted_bytes", "Bytes of evicted blobs", n.evictedBytes()));
    samples.add(counter("collected", "Sources collected, as no root reached them", n.collected()));
    samples.add(gauge("holds", "Pairs of a lease and a blob that it holds", n.holds()));
    samples.add(gauge("leases", "Leases that hold something, or may", n.leases()));
    samples.add(counter("stale_leases", "Calls refused for a dead token", n.staleRefused()));
    samples.add(gauge("damaged", "Blobs found damaged, at start or by scrubbing", n.damaged()));
    samples.add(counter("syncs", "Syncs of the device, each for all who waited", n.syncs()));
    repair(n.repair(), samples);
    return samples;
  }

  static List<Spread> spreads(KeepingNumbers n) {
    return List.of(
        new Spread(
            "kog_memory_wait_seconds",
            "How long calls waited for credits or room that had to",
            n.waitTimes()),
        new Spread("kog_memory_sync_seconds", "How long syncs of the device took", n.syncTimes()),
        new Spread(
            "kog_memory_put_seconds",
            "How long it took to verify, log and show what had been written, with the wait for the"
                + " device where one was asked for",
            n.putTimes()));
  }

  private static void repair(RepairStatus r, List<Sample> samples) {
    samples.add(
        gauge(
            "under_replicated",
            "Copies that were missing when everything was looked at last",
            r.underReplicated()));
    samples.add(counter("repair_copied", "Blobs copied to where they belong", r.copied()));
    samples.add(counter("repair_copied_bytes", "Their bytes", r.copiedBytes()));
    samples.add(counter("repair_failed", "Copies to be tried again", r.failed()));
    samples.add(counter("repair_restored", "Damaged blobs fetched from others", r.restored()));
    samples.add(
        gauge("drain_left_bytes", "Bytes to hand over before it can leave", r.drainLeftBytes()));
  }

  private static Sample evicted(long blobs, String reason) {
    return counter("evicted", "Blobs evicted: for somebody who wanted room, or ahead", blobs)
        .with("reason", reason);
  }

  private static Sample gauge(String name, String help, double value) {
    return Sample.gauge("kog_memory_" + name, help, value);
  }

  private static Sample counter(String name, String help, double value) {
    return Sample.counter("kog_memory_" + name, help, value);
  }
}
