package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;

/// The memory tier of a store.
///
/// @param folder where its memory comes from: on tmpfs, or on hugetlbfs for huge pages. Each store
///     has a folder of its own in it, and empties that when it is opened
/// @param capacity how much memory it takes, all of it at the start
public record TierSettings(Path folder, ByteCount capacity) {

  /// Two of the largest blobs.
  public static final long CAPACITY_BYTES_MIN = 8L << 20;

  public TierSettings {
    if (capacity.bytes() < CAPACITY_BYTES_MIN) {
      throw new InvalidArgument(
          "a memory tier of "
              + capacity
              + " is too small: it needs "
              + new ByteCount(CAPACITY_BYTES_MIN));
    }
  }

  /// An equal share of it.
  ///
  /// @throws InvalidArgument when it is too small for so many
  TierSettings share(int tenants) {
    return new TierSettings(folder, new ByteCount(capacity.bytes() / tenants));
  }

  /// The same in a folder of its own.
  ///
  /// @param name of that folder
  public TierSettings in(String name) {
    return new TierSettings(folder.resolve(name), capacity);
  }
}
