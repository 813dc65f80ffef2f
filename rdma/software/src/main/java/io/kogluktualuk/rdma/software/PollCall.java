package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;

/// Takes completions off a queue into the caller's array.
///
/// **Threading:** one thread at a time.
final class PollCall extends SVCPollCq {

  private final SoftwareCompletionQueue queue;
  private final IbvWC[] completions;
  private final int max;
  private int polls;

  PollCall(SoftwareCompletionQueue queue, IbvWC[] completions, int max) {
    this.queue = queue;
    this.completions = completions;
    this.max = Math.min(max, completions.length);
  }

  @Override
  public int getPolls() {
    return polls;
  }

  @Override
  public SVCPollCq execute() {
    polls = queue.take(completions, max);
    return this;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public SVCPollCq free() {
    return this;
  }
}
