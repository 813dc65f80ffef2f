package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvContext;
import java.io.IOException;

/// The one "device" of the software provider.
///
/// **Threading:** immutable.
final class SoftwareContext extends IbvContext {

  /// DiSNI uses it as the key of its per-device tables only.
  private static final int DEVICE = 0;

  private static final int COMPLETION_VECTORS = 1;

  SoftwareContext() throws IOException {
    super(DEVICE, COMPLETION_VECTORS);
  }
}
