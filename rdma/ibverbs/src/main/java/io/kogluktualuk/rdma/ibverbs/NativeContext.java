package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvContext;
import java.io.IOException;

/// A device. There is one of these per device in a process; it stays open.
///
/// **Threading:** immutable.
final class NativeContext extends IbvContext {

  private final long number;
  private final String name;

  /// @param descriptor what DiSNI tells devices apart by
  NativeContext(long number, String name, int descriptor, int completionVectors)
      throws IOException {
    super(descriptor, completionVectors);
    this.number = number;
    this.name = name;
  }

  long number() {
    return number;
  }

  @Override
  public String toString() {
    return name;
  }
}
