package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Takes completions into the caller's objects, any number of times. Polling allocates nothing.
///
/// Of a completion that failed, only its id, status, queue pair and vendor error mean anything; the
/// rest is what the device left there. The queue pair is filled in for failures too, so that they
/// can be routed by it.
///
/// **Threading:** one thread at a time.
final class PollCall extends SVCPollCq {

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final NativeDispatcher dispatcher;
  private final NativeCompletionQueue queue;
  private final IbvWC[] completions;
  private final int max;
  private final MemorySegment memory;
  private int polls;
  private boolean isFreed;

  PollCall(NativeDispatcher dispatcher, NativeCompletionQueue queue, IbvWC[] completions, int max) {
    this.dispatcher = dispatcher;
    this.queue = queue;
    this.completions = completions;
    this.max = Math.min(max, completions.length);
    this.memory =
        Arena.ofAuto().allocate((long) Layout.COMPLETION * completions.length, Long.BYTES);
  }

  @Override
  public int getPolls() {
    return polls;
  }

  @Override
  public SVCPollCq execute() throws IOException {
    polls = 0;
    if (isFreed) {
      throw new IOException("this call has been freed");
    }
    int count = dispatcher._pollCQ(queue.number(), max, memory.address());
    for (int i = 0; i < count; i++) {
      read((long) i * Layout.COMPLETION, completions[i]);
    }
    polls = count;
    return this;
  }

  private void read(long at, IbvWC to) {
    to.setWr_id(memory.get(ValueLayout.JAVA_LONG, at + Layout.COMPLETION_ID));
    to.setStatus(memory.get(INT, at + Layout.COMPLETION_STATUS));
    to.setOpcode(memory.get(INT, at + Layout.COMPLETION_OPCODE));
    to.setVendor_err(memory.get(INT, at + Layout.COMPLETION_VENDOR_ERROR));
    to.setByte_len(memory.get(INT, at + Layout.COMPLETION_BYTES));
    to.setImm_data(NetworkOrder.of(memory.get(INT, at + Layout.COMPLETION_IMMEDIATE)));
    to.setQp_num(memory.get(INT, at + Layout.COMPLETION_QUEUE_PAIR));
    to.setSrc_qp(memory.get(INT, at + Layout.COMPLETION_SOURCE));
    to.setWc_flags(memory.get(INT, at + Layout.COMPLETION_FLAGS));
  }

  @Override
  public boolean isValid() {
    return !isFreed;
  }

  @Override
  public SVCPollCq free() {
    isFreed = true;
    return this;
  }
}
