package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.computenode.server.ComputeSettings;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import java.time.Duration;
import java.util.List;

/// The keys of a compute node.
///
/// **Threading:** constants.
final class ComputeKeys {

  /// Half of it has to be enough for a call to each memory node.
  private static final Duration LEASE_MIN = Duration.ofSeconds(5);

  static final Key<Integer> SLOTS =
      Key.optional(
          "compute.slots",
          Types.whole(1, 1024),
          "one for each processor",
          "Programs that it runs at a time.");

  static final Key<ByteCount> CACHE =
      Key.optional(
          "compute.cache",
          Types.size(ByteCount.mebibytes(1), ByteCount.gibibytes(1 << 20)),
          "an eighth of the heap",
          "The most bytes of blobs that it keeps on the heap.");

  static final Key<ByteCount> KEPT =
      Key.optional(
          "compute.kept",
          Types.size(ByteCount.mebibytes(4), ByteCount.gibibytes(1 << 20)),
          "as much as a sixteenth of the heap",
          "The most bytes of registered memory, outside the heap, in which blobs that programs read\n"
              + "stay where the adapter has put them. It is taken when it is needed.");

  static final Key<ByteCount> POOL =
      Key.optional(
          "compute.pool",
          Types.size(ByteCount.mebibytes(1), ByteCount.gibibytes(1 << 20)),
          "a sixteenth of the heap",
          "The most bytes of programs' memories that wait, clean, for the next run of the same program.\n"
              + "One that has more than an eighth of it is not kept.");

  static final Key<Integer> POOL_INSTANCES =
      Key.standard(
          "compute.pool-instances",
          Types.whole(0, 1 << 16),
          VmSettings.defaults().pooledInstancesMax(),
          "The most such memories. 0 makes a new one for each run.");

  static final Key<Duration> HEARTBEAT =
      Key.standard(
          "compute.heartbeat",
          Types.duration(Duration.ofMillis(10), Duration.ofMinutes(10)),
          Duration.ofSeconds(1),
          "How often it gives the control nodes a sign of life and looks for others of its kind.");

  static final Key<Duration> LEASE =
      Key.standard(
          "compute.lease",
          Types.duration(LEASE_MIN, LeaseTerms.TTL_MAX),
          LeaseSettings.defaults().ttl(),
          "How long memory nodes keep for it what it uses after they have heard of it last. It renews\n"
              + "in time; a node that dies holds nothing any more after so long.");

  static final Key<Duration> ANSWER_HOLD =
      Key.standard(
          "compute.answer-hold",
          Types.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
          ComputeSettings.ANSWER_HOLD,
          "How long at least memory nodes keep for it what it has answered; at most twice that. So\n"
              + "whoever got the answer has time to fetch it, or to hold it himself.");

  static final Key<Boolean> SHARED_CODE =
      Key.standard(
          "compute.shared-code",
          Types.truth(),
          true,
          "Whether it runs what other compute nodes have compiled, and offers them what it has: each\n"
              + "program is compiled once for all. Such code is checked, so that it can do nothing but\n"
              + "compute; that it computes the right thing is believed, as outcomes are.");

  static final List<Key<?>> ALL =
      List.of(SLOTS, CACHE, KEPT, POOL, POOL_INSTANCES, HEARTBEAT, LEASE, ANSWER_HOLD, SHARED_CODE);

  private ComputeKeys() {}
}
