package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.SVCRegMr;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Registers one range of memory.
///
/// **Threading:** one thread at a time.
final class RegisterCall extends SVCRegMr {

  private final RegionTable regions;
  private final SoftwareDomain domain;
  private final MemorySegment memory;
  private final int access;
  private final @Nullable Object keepAlive;
  private @Nullable SoftwareRegion region;

  RegisterCall(
      RegionTable regions,
      SoftwareDomain domain,
      MemorySegment memory,
      int access,
      @Nullable Object keepAlive) {
    this.regions = regions;
    this.domain = domain;
    this.memory = memory;
    this.access = access;
    this.keepAlive = keepAlive;
  }

  @Override
  public IbvMr getMr() {
    if (region == null) {
      throw new IllegalStateException("the registration has not been executed");
    }
    return region;
  }

  @Override
  public SVCRegMr execute() throws IOException {
    FileMapping file = FileMapping.containing(memory.address(), memory.byteSize());
    region = regions.add(key -> new SoftwareRegion(domain, memory, access, key, file, keepAlive));
    return this;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public SVCRegMr free() {
    return this;
  }
}
