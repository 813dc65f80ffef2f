package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.ArrayList;
import java.util.List;

/// How full a memory node is, and what it has done since it started, for all tenants together.
///
/// @param id the node's own identity
/// @param name what people call it
/// @param capacityBytes the most bytes its arenas may hold
/// @param usedBytes bytes of the arenas that are taken, by blobs and open windows, with
///     alignment
/// @param blobBytes bytes of the sealed blobs
/// @param blobs how many blobs are sealed
/// @param indexBlobsMax how many blobs the index has been made for
/// @param windowsOpen windows handed out and neither sealed nor expired
/// @param sealed blobs sealed since the start
/// @param sealedBytes their bytes
/// @param refused blobs whose bytes did not have the promised hash, since the start
/// @param dropped blobs that the last start did not find intact
/// @param calls control calls answered since the start, without this one and hints of use
/// @param completions completions that the queue pairs of the data path have shown since the
///     start: reading and writing one-sidedly makes none
/// @param evicted derived blobs that made room for others, since the start
/// @param evictedBytes their bytes
/// @param collected sources that no root reached, since the start
/// @param holds how many holds there are now
/// @param chargedBytes that may not be evicted now
/// @param waiting calls that wait for credits or room now
/// @param tier its memory tier, if it has one
/// @param tenants each tenant by itself, the default one first
public record MemoryStatus(
    String id,
    String name,
    long capacityBytes,
    long usedBytes,
    long blobBytes,
    long blobs,
    long indexBlobsMax,
    long windowsOpen,
    long sealed,
    long sealedBytes,
    long refused,
    long dropped,
    long calls,
    long completions,
    long evicted,
    long evictedBytes,
    long collected,
    long holds,
    long chargedBytes,
    long waiting,
    TierUse tier,
    List<TenantUse> tenants) {

  /// What one tenant has.
  ///
  /// @param capacityBytes the most bytes that it may have
  /// @param usedBytes bytes that it has taken
  /// @param blobs how many blobs it has
  public record TenantUse(Tenant tenant, long capacityBytes, long usedBytes, long blobs) {

    static final int ENCODED_BYTES_MIN = 5;

    static TenantUse read(CanonicalReader reader) {
      return new TenantUse(Tenant.read(reader), reader.varint(), reader.varint(), reader.varint());
    }

    void write(CanonicalWriter writer) {
      tenant.write(writer);
      writer.varint(capacityBytes).varint(usedBytes).varint(blobs);
    }
  }

  /// What the memory tier has; all of it nothing when there is one tier.
  ///
  /// @param pages what the memory consists of, such as `tmpfs` or `hugetlbfs, pages of 2 MiB`
  /// @param capacityBytes how large it is
  /// @param usedBytes how much of it is taken, with alignment
  /// @param spilled blobs that left memory because others needed it, since the start
  /// @param promoted blobs that were brought back, since the start
  public record TierUse(
      String pages, long capacityBytes, long usedBytes, long spilled, long promoted) {

    public static final TierUse NONE = new TierUse("", 0, 0, 0, 0);

    private static final int PAGES_BYTES_MAX = 255;

    /// Two tiers of the same kind together.
    public TierUse plus(TierUse other) {
      return new TierUse(
          pages.isEmpty() ? other.pages : pages,
          capacityBytes + other.capacityBytes,
          usedBytes + other.usedBytes,
          spilled + other.spilled,
          promoted + other.promoted);
    }

    static TierUse read(CanonicalReader reader) {
      return new TierUse(
          reader.text(PAGES_BYTES_MAX, "the kind of pages"),
          reader.varint(),
          reader.varint(),
          reader.varint(),
          reader.varint());
    }

    void write(CanonicalWriter writer) {
      writer.text(pages).varint(capacityBytes).varint(usedBytes).varint(spilled).varint(promoted);
    }
  }

  public MemoryStatus {
    tenants = List.copyOf(tenants);
  }

  private static final int ID_BYTES_MAX = 64;
  private static final int NAME_BYTES_MAX = 255;

  static MemoryStatus read(CanonicalReader reader) {
    return new MemoryStatus(
        reader.text(ID_BYTES_MAX, "a node's id"),
        reader.text(NAME_BYTES_MAX, "a node's name"),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        TierUse.read(reader),
        readTenants(reader));
  }

  private static List<TenantUse> readTenants(CanonicalReader reader) {
    int count =
        reader.count(MemoryCalls.TENANTS_MAX, TenantUse.ENCODED_BYTES_MIN, "the number of tenants");
    List<TenantUse> tenants = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tenants.add(TenantUse.read(reader));
    }
    return tenants;
  }

  void write(CanonicalWriter writer) {
    writer.text(id).text(name).varint(capacityBytes).varint(usedBytes).varint(blobBytes);
    writer.varint(blobs).varint(indexBlobsMax).varint(windowsOpen).varint(sealed);
    writer.varint(sealedBytes).varint(refused).varint(dropped);
    writer.varint(calls).varint(completions).varint(evicted).varint(evictedBytes);
    writer.varint(collected).varint(holds).varint(chargedBytes).varint(waiting);
    tier.write(writer);
    writer.varint(tenants.size());
    tenants.forEach(tenant -> tenant.write(writer));
  }
}
