package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.SVCDeregMr;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;

/// Deregisters a region; doing so again changes nothing.
///
/// **Threading:** any thread.
final class DeregisterCall extends SVCDeregMr {

  private final NativeDispatcher dispatcher;
  private final NativeRegion region;

  DeregisterCall(NativeDispatcher dispatcher, NativeRegion region) {
    this.dispatcher = dispatcher;
    this.region = region;
  }

  @Override
  public SVCDeregMr execute() throws IOException {
    synchronized (region) {
      if (!region.isOpen()) {
        return this;
      }
      dispatcher._deregMr(region.number());
      region.close();
    }
    return this;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public SVCDeregMr free() {
    return this;
  }
}
