package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.SVCReqNotify;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;

/// Asks for an event with the next completion, any number of times.
///
/// **Threading:** any thread.
final class NotifyCall extends SVCReqNotify {

  private final NativeDispatcher dispatcher;
  private final NativeCompletionQueue queue;
  private final int solicitedOnly;
  private volatile boolean isFreed;

  NotifyCall(NativeDispatcher dispatcher, NativeCompletionQueue queue, boolean solicitedOnly) {
    this.dispatcher = dispatcher;
    this.queue = queue;
    this.solicitedOnly = solicitedOnly ? 1 : 0;
  }

  @Override
  public SVCReqNotify execute() throws IOException {
    if (isFreed) {
      throw new IOException("this call has been freed");
    }
    dispatcher._reqNotifyCQ(queue.number(), solicitedOnly);
    return this;
  }

  @Override
  public boolean isValid() {
    return !isFreed;
  }

  @Override
  public SVCReqNotify free() {
    isFreed = true;
    return this;
  }
}
