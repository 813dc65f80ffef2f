package io.kogluktualuk.rdma.transport.memory;

import java.util.concurrent.atomic.LongAdder;

/// How many one-sided operations succeeded in one direction, and how many bytes they moved.
///
/// **Threading:** any thread.
public final class TransferCounter {

  private final LongAdder operations = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  void add(long moreOperations, long moreBytes) {
    operations.add(moreOperations);
    bytes.add(moreBytes);
  }

  public long operations() {
    return operations.sum();
  }

  public long bytes() {
    return bytes.sum();
  }
}
