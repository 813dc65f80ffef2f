package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvPd;
import java.io.IOException;

/// A protection domain: a queue pair reaches only the regions of its own.
///
/// **Threading:** immutable but for being closed.
final class SoftwareDomain extends IbvPd {

  SoftwareDomain(IbvContext context, int number) throws IOException {
    super(context);
    this.handle = number;
  }
}
