package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.store.TierSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The keys of a memory node.
///
/// **Threading:** constants.
final class MemoryKeys {

  private static final int WEIGHT_MAX = 1 << 20;

  static final Key<ByteCount> CAPACITY =
      Key.standard(
          "memory.capacity",
          Types.size(ByteCount.mebibytes(16), ByteCount.gibibytes(1 << 20)),
          ByteCount.gibibytes(32),
          "How much it may hold. Taken from the disk as blobs come.");

  static final Key<Integer> INDEX_BLOBS =
      Key.optional(
          "memory.index-blobs",
          Types.whole(1, 1 << 28),
          "one for each 16KiB of capacity, 65536 to 4194304",
          "How many blobs the index is made for, at 128 bytes of memory each.");

  static final Key<Integer> WEIGHT =
      Key.optional(
          "memory.weight",
          Types.whole(0, WEIGHT_MAX),
          "one for each GiB of capacity",
          "Its share of new blobs, relative to the other memory nodes; 0 for none.");

  static final Key<Integer> DATA_PORT =
      Key.standard(
          "memory.data-port",
          Types.whole(0, HostPort.PORT_MAX - 16),
          0,
          "Where memory is read and written: this port for the default tenant, those after it for\n"
              + "the others; 0 for any free ports.");

  static final Key<Duration> HEARTBEAT =
      Key.standard(
          "memory.heartbeat",
          Types.duration(Duration.ofMillis(10), Duration.ofMinutes(10)),
          Duration.ofSeconds(1),
          "How often it gives the control nodes a sign of life.");

  static final Key<List<Tenant>> TENANTS =
      Key.standard(
          "memory.tenants",
          Types.tenants(),
          List.of(),
          "Tenants whose content is kept apart, besides 'default'. They share everything equally.");

  static final Key<Path> TIER_FOLDER =
      Key.optional(
          "memory.tier.folder",
          Types.path(),
          "one tier: peers read the files in its folder",
          "Where the memory tier is: on tmpfs, or on hugetlbfs for huge pages. Peers then read copies\n"
              + "there, and what is not used stays in the files only.");

  static final Key<ByteCount> TIER_CAPACITY =
      Key.optional(
          "memory.tier.capacity",
          Types.size(new ByteCount(TierSettings.CAPACITY_BYTES_MIN), ByteCount.gibibytes(1024)),
          "no memory tier; one needs both keys",
          "How much memory the memory tier takes, all of it at the start.");

  private static final List<Key<?>> OWN =
      List.of(
          CAPACITY, INDEX_BLOBS, WEIGHT, DATA_PORT, HEARTBEAT, TENANTS, TIER_FOLDER, TIER_CAPACITY);

  static final List<Key<?>> ALL = Stream.concat(OWN.stream(), KeepingKeys.ALL.stream()).toList();

  private MemoryKeys() {}
}
