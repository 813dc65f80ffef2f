package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.SVCReqNotify;

/// Asks for an event with the next completion.
///
/// **Threading:** any thread.
final class NotifyCall extends SVCReqNotify {

  private final SoftwareCompletionQueue queue;
  private final boolean solicitedOnly;

  NotifyCall(SoftwareCompletionQueue queue, boolean solicitedOnly) {
    this.queue = queue;
    this.solicitedOnly = solicitedOnly;
  }

  @Override
  public SVCReqNotify execute() {
    queue.arm(solicitedOnly);
    return this;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public SVCReqNotify free() {
    return this;
  }
}
