package io.kogluktualuk.rdma.transport.memory;

import com.ibm.disni.RdmaEndpoint;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import io.kogluktualuk.rdma.verbs.ConnectionEvents;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/// One end of a queue pair that carries one-sided operations only.
///
/// **Threading:** any thread.
final class MemoryEndpoint extends RdmaEndpoint {

  /// Hears, on DiSNI's thread and with the endpoint's monitor held, that the connection is over.
  interface LossListener {
    void onLost(MemoryEndpoint endpoint);
  }

  private final LossListener listener;
  private final ReentrantLock closing = new ReentrantLock();
  private volatile boolean isLost;
  private boolean isClosed;

  MemoryEndpoint(MemoryGroup group, RdmaCmId id, boolean serverSide, LossListener listener)
      throws IOException {
    super(group, id, serverSide);
    this.listener = listener;
  }

  boolean isLost() {
    return isLost;
  }

  @Override
  public synchronized void dispatchCmEvent(RdmaCmEvent event) throws IOException {
    super.dispatchCmEvent(ConnectionEvents.understood(event));
    if (ConnectionEvents.isEnd(event) && !isLost) {
      isLost = true;
      listener.onLost(this);
    }
  }

  /// Closes once; a second caller waits for the first.
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // The lock of DiSNI's is taken inside.
  public void close() throws IOException, InterruptedException {
    closing.lock();
    try {
      if (!isClosed) {
        isClosed = true;
        isLost = true;
        super.close();
      }
    } finally {
      closing.unlock();
    }
  }
}
