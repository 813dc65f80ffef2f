package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.repair.RepairSettings;
import io.kogluktualuk.memnode.retention.RetentionLimits;
import io.kogluktualuk.memnode.server.KeepingSettings;
import io.kogluktualuk.memnode.server.KeySchedule;
import java.time.Duration;
import java.util.List;

/// The keys of a memory node that say how it keeps what it has: on the device, for whom, in how
/// many copies.
///
/// **Threading:** constants.
final class KeepingKeys {

  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final ByteCount NOTHING = new ByteCount(0);
  private static final ByteCount RATE_MAX = ByteCount.gibibytes(1024);
  private static final String ASKED = "asked";
  private static final String ALWAYS = "always";

  static final Key<String> DURABLE =
      Key.standard(
          "memory.durable",
          Types.oneOf(List.of(ASKED, ALWAYS)),
          ASKED,
          "Which puts are answered only when they are on the device: those that ask for it, or\n"
              + "always all. The others are there soon after, see memory.sync-every; until then they\n"
              + "survive the death of the process, but not that of the machine.");

  static final Key<Duration> SYNC_EVERY =
      Key.standard(
          "memory.sync-every",
          Types.duration(MILLI, Duration.ofMinutes(1)),
          KeepingSettings.STANDARD.syncEvery(),
          "How long after one sync of the device the next begins, when nobody waits for it.");

  static final Key<ByteCount> SCRUB_RATE =
      Key.standard(
          "memory.scrub-rate",
          Types.size(NOTHING, RATE_MAX),
          new ByteCount(KeepingSettings.STANDARD.scrubBytesPerSecond()),
          "How much of what is stored is read again each second, for each tenant, and held against\n"
              + "its hash; 0B for nothing. What has changed is dropped and fetched from other nodes.");

  static final Key<Duration> WINDOW_LIFETIME =
      Key.standard(
          "memory.window-lifetime",
          Types.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
          Duration.ofSeconds(30),
          "How long whoever puts may take to write what has been reserved.");

  static final Key<ByteCount> WINDOW_SIZE =
      Key.optional(
          "memory.window-size",
          Types.size(ByteCount.mebibytes(12), ByteCount.gibibytes(1)),
          "an eighth of the capacity, 12MiB to 128MiB",
          "How much may be on its way here at a time, besides the capacity; tenants share it.");

  static final Key<Integer> RESERVE_SHARE =
      Key.standard(
          "memory.reserve-share",
          Types.whole(2, 1024),
          RetentionLimits.STANDARD.reserveShare(),
          "One part in so many of the capacity is kept free of what may not be evicted, because of\n"
              + "fragmentation, and kept free by evicting ahead of need.");

  static final Key<Integer> HOLDS_MAX =
      Key.standard(
          "memory.holds-max",
          Types.whole(1024, 1 << 28),
          RetentionLimits.STANDARD.holdsMax(),
          "How many pairs of a lease and a blob it keeps for each tenant, at 28 bytes of memory each;\n"
              + "never more than four for each of index-blobs.");

  static final Key<Integer> LEASES_MAX =
      Key.standard(
          "memory.leases-max",
          Types.whole(1, 1 << 16),
          RetentionLimits.STANDARD.leasesMax(),
          "How many leases may hold something at a time, for each tenant.");

  static final Key<ByteCount> CREDIT_STEP =
      Key.standard(
          "memory.credit-step",
          Types.size(new ByteCount(64 << 10), ByteCount.gibibytes(64)),
          new ByteCount(KeepingSettings.STANDARD.creditStepBytes()),
          "Space credits of an account are taken from the control plane, and given back, in steps of\n"
              + "so many bytes. An account's limit should be many steps for each memory node.");

  static final Key<Duration> READ_KEYS_EVERY =
      Key.standard(
          "memory.read-keys.every",
          Types.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
          KeySchedule.STANDARD.every(),
          "How often the keys change with which peers read its memory.");

  static final Key<Duration> READ_KEYS_GRACE =
      Key.standard(
          "memory.read-keys.grace",
          Types.duration(MILLI, DAY),
          KeySchedule.STANDARD.grace(),
          "How long the former keys stay valid; at most as long as read-keys.every.");

  static final Key<Integer> REPLICAS =
      Key.standard(
          "memory.repair.replicas",
          Types.whole(1, 16),
          RepairSettings.defaults().replicas(),
          "How many memory nodes are to have each source: as many as clients put it on. The same at\n"
              + "all memory nodes.");

  static final Key<ByteCount> REPAIR_RATE =
      Key.standard(
          "memory.repair.rate",
          Types.size(new ByteCount(64 << 10), RATE_MAX),
          new ByteCount(RepairSettings.defaults().bytesPerSecond()),
          "How much it copies to other nodes each second at most, for each tenant.");

  static final Key<Duration> REPAIR_SWEEP =
      Key.standard(
          "memory.repair.sweep",
          Types.duration(Duration.ofSeconds(1), Duration.ofDays(30)),
          RepairSettings.defaults().sweep(),
          "How long after it has looked for missing copies of all it has it looks again, when nothing\n"
              + "has changed among the memory nodes.");

  static final Key<Duration> REPAIR_SETTLE =
      Key.standard(
          "memory.repair.settle",
          Types.duration(Duration.ZERO, DAY),
          RepairSettings.defaults().settle(),
          "How long the memory nodes must have stayed the same before it begins to copy.");

  static final List<Key<?>> ALL =
      List.of(
          DURABLE,
          SYNC_EVERY,
          SCRUB_RATE,
          WINDOW_LIFETIME,
          WINDOW_SIZE,
          RESERVE_SHARE,
          HOLDS_MAX,
          LEASES_MAX,
          CREDIT_STEP,
          READ_KEYS_EVERY,
          READ_KEYS_GRACE,
          REPLICAS,
          REPAIR_RATE,
          REPAIR_SWEEP,
          REPAIR_SETTLE);

  private KeepingKeys() {}

  static KeepingSettings keeping(Values values) {
    return new KeepingSettings(
        new RetentionLimits(
            values.get(HOLDS_MAX), values.get(LEASES_MAX), values.get(RESERVE_SHARE)),
        values.get(CREDIT_STEP).bytes(),
        values.get(DURABLE).equals(ALWAYS),
        values.get(SYNC_EVERY),
        values.get(SCRUB_RATE).bytes());
  }

  static RepairSettings repair(Values values) {
    return new RepairSettings(
        values.get(REPLICAS),
        values.get(REPAIR_RATE).bytes(),
        values.get(REPAIR_SWEEP),
        values.get(REPAIR_SETTLE));
  }

  static KeySchedule readKeys(Values values) {
    Duration every = values.get(READ_KEYS_EVERY);
    Duration grace = values.get(READ_KEYS_GRACE);
    boolean holds = grace.compareTo(every) <= 0;
    values.require(
        holds,
        READ_KEYS_GRACE,
        "at most memory.read-keys.every of " + DurationText.of(every),
        DurationText.of(grace));
    return holds ? new KeySchedule(every, grace) : KeySchedule.STANDARD;
  }
}
