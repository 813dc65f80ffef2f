package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.repair.RepairSettings;
import io.kogluktualuk.memnode.server.KeepingSettings;
import io.kogluktualuk.memnode.server.KeySchedule;
import io.kogluktualuk.memnode.store.TierSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The configuration of a memory node.
///
/// @param indexBlobs how many blobs the index is made for
/// @param weight its share of new blobs
/// @param dataPort the first of the ports where memory is read and written; 0 for any free ones
/// @param tenants besides the default one
/// @param tier what peers read; null when they read the files of its folder
/// @param windowLifetime how long a write window lasts
/// @param windowSize of all of them together; null for a share of the capacity
/// @param keeping how it keeps what it has
/// @param repair how it sees to it that others have copies
/// @param readKeys when the keys for reading change
public record MemoryConfig(
    SharedConfig shared,
    ByteCount capacity,
    int indexBlobs,
    int weight,
    int dataPort,
    Duration heartbeat,
    List<Tenant> tenants,
    @Nullable TierSettings tier,
    Duration windowLifetime,
    @Nullable ByteCount windowSize,
    KeepingSettings keeping,
    RepairSettings repair,
    KeySchedule readKeys)
    implements NodeConfig {

  /// An index has room for blobs of this average length: most of a busy store's are traces and
  /// transactions of a few hundred bytes, most of its bytes are chunks of megabytes.
  private static final long BLOB_BYTES_EXPECTED = 16 * 1024;

  private static final int BLOBS_MIN = 1 << 16;
  private static final int BLOBS_MAX = 1 << 22;
  private static final int WEIGHT_MAX = 1 << 20;

  public MemoryConfig {
    tenants = List.copyOf(tenants);
  }

  static MemoryConfig of(SharedConfig shared, Values values) {
    ByteCount capacity = values.get(MemoryKeys.CAPACITY);
    Integer indexBlobs = values.find(MemoryKeys.INDEX_BLOBS);
    Integer weight = values.find(MemoryKeys.WEIGHT);
    return new MemoryConfig(
        shared,
        capacity,
        indexBlobs == null ? indexBlobsFor(capacity) : indexBlobs,
        weight == null ? Math.clamp(capacity.bytes() >> 30, 1, WEIGHT_MAX) : weight,
        values.get(MemoryKeys.DATA_PORT),
        values.get(MemoryKeys.HEARTBEAT),
        values.get(MemoryKeys.TENANTS),
        tier(values),
        values.get(KeepingKeys.WINDOW_LIFETIME),
        values.find(KeepingKeys.WINDOW_SIZE),
        KeepingKeys.keeping(values),
        KeepingKeys.repair(values),
        KeepingKeys.readKeys(values));
  }

  private static @Nullable TierSettings tier(Values values) {
    Path folder = values.find(MemoryKeys.TIER_FOLDER);
    ByteCount capacity = values.find(MemoryKeys.TIER_CAPACITY);
    values.require(
        (folder == null) == (capacity == null),
        folder == null ? MemoryKeys.TIER_FOLDER : MemoryKeys.TIER_CAPACITY,
        "both memory.tier.folder and memory.tier.capacity, or neither",
        "one of them");
    return folder == null || capacity == null ? null : new TierSettings(folder, capacity);
  }

  /// How many blobs a capacity makes one expect.
  public static int indexBlobsFor(ByteCount capacity) {
    return Math.clamp(capacity.bytes() / BLOB_BYTES_EXPECTED, BLOBS_MIN, BLOBS_MAX);
  }

  @Override
  public NodeRole role() {
    return NodeRole.MEMORY;
  }
}
