package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.SVCDeregMr;
import java.io.IOException;

/// Ends the registration of one region; when it returns, no peer is using the memory any more.
///
/// **Threading:** one thread at a time.
final class DeregisterCall extends SVCDeregMr {

  private final RegionTable regions;
  private final SoftwareRegion region;

  DeregisterCall(RegionTable regions, SoftwareRegion region) {
    this.regions = regions;
    this.region = region;
  }

  @Override
  public SVCDeregMr execute() throws IOException {
    regions.remove(region);
    region.close();
    region.withdraw();
    return this;
  }

  @Override
  public boolean isValid() {
    return region.isOpen();
  }

  @Override
  public SVCDeregMr free() {
    return this;
  }
}
