package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;

/// A protection domain. When it is closed it goes as soon as its regions and queue pairs are gone.
///
/// **Threading:** immutable but for being closed.
final class NativeDomain extends IbvPd {

  private final long number;
  private final NativeDispatcher dispatcher;

  NativeDomain(long number, NativeContext context, NativeDispatcher dispatcher) throws IOException {
    super(context);
    this.number = number;
    this.dispatcher = dispatcher;
  }

  long number() {
    return number;
  }

  @Override
  public int getHandle() throws IOException {
    return dispatcher._getPdHandle(number);
  }
}
