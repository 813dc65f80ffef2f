package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How a [Vm] is set up.
///
/// @param moduleBytesMax the longest module that is compiled
/// @param cachedBytesMax compiled modules kept in memory, counted by the length of the module
/// @param diskCache a folder for compiled classes, or null for none; created when missing
/// @param pooledBytesMax memories that wait, clean, for their next guest
/// @param pooledInstancesMax such memories; 0 when each guest is to have a new one
/// @param engine who executes guests
public record VmSettings(
    ByteCount moduleBytesMax,
    ByteCount cachedBytesMax,
    @Nullable Path diskCache,
    ByteCount pooledBytesMax,
    int pooledInstancesMax,
    Engine engine) {

  private static final int POOLED_INSTANCES = 256;

  public VmSettings {
    if (moduleBytesMax.bytes() > ByteCount.mebibytes(256).bytes()) {
      throw new InvalidArgument(
          "moduleBytesMax is out of range: expected at most 256 MiB, found " + moduleBytesMax);
    }
  }

  /// Modules of 64 MiB, 256 MiB of them cached, nothing on disk, a sixteenth of the heap for
  /// instances.
  public static VmSettings defaults() {
    return new VmSettings(
        ByteCount.mebibytes(64),
        ByteCount.mebibytes(256),
        null,
        new ByteCount(Runtime.getRuntime().maxMemory() / 16),
        POOLED_INSTANCES,
        Engine.COMPILER);
  }

  public VmSettings withDiskCache(Path folder) {
    return new VmSettings(
        moduleBytesMax, cachedBytesMax, folder, pooledBytesMax, pooledInstancesMax, engine);
  }

  public VmSettings withPool(ByteCount bytesMax, int instancesMax) {
    return new VmSettings(
        moduleBytesMax, cachedBytesMax, diskCache, bytesMax, instancesMax, engine);
  }

  public VmSettings withEngine(Engine other) {
    return new VmSettings(
        moduleBytesMax, cachedBytesMax, diskCache, pooledBytesMax, pooledInstancesMax, other);
  }
}
