package io.kogluktualuk.memnode.retention;

/// What retention may take at a memory node, for each tenant.
///
/// @param holdsMax how many holds there may be; each takes 24 to 28 bytes
/// @param leasesMax how many leases may hold something
/// @param reserveShare which part of the capacity, one in so many, is kept out of what may be
///     bound, because of fragmentation, and kept free by evicting ahead
public record RetentionLimits(int holdsMax, int leasesMax, int reserveShare) {

  /// A million holds in 26 MB. As many leases as the control plane lets live; a fifteenth of the
  /// capacity is more than what the allocator lost in its tests.
  public static final RetentionLimits STANDARD = new RetentionLimits(1 << 20, 4096, 16);

  public RetentionLimits {
    if (holdsMax < 1 || leasesMax < 1 || reserveShare < 2) {
      throw new IllegalArgumentException(
          holdsMax + " holds, " + leasesMax + " leases, one in " + reserveShare + " free");
    }
  }

  /// For so many blobs: not more holds than four for each.
  public RetentionLimits forBlobs(int blobs) {
    return new RetentionLimits(
        (int) Math.min(holdsMax, Math.max(1024, 4L * blobs)), leasesMax, reserveShare);
  }

  /// How much of a capacity is kept free.
  public long reserveBytes(long capacityBytes) {
    return capacityBytes / reserveShare;
  }
}
