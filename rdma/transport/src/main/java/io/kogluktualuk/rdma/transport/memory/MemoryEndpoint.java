package io.kogluktualuk.rdma.transport.memory;

import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.RdmaEndpoint;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.SVCPollCq;
import io.kogluktualuk.fabric.fault.Unavailable;
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

  /// Taken in one go: a peer that makes them faster must not hold the caller.
  private static final int COMPLETIONS_MAX = 1024;

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

  /// Takes the completions that are waiting, and says how many there were. Only for the side that
  /// is read and written: the other side has a [Lane] that waits for them.
  int takeCompletions() {
    closing.lock();
    try {
      RdmaCqProvider provider = getCqProvider();
      if (isClosed || provider == null) {
        return 0;
      }
      IbvWC[] taken = {new IbvWC()};
      SVCPollCq poll = provider.getCQ().poll(taken, taken.length);
      int count = 0;
      while (count < COMPLETIONS_MAX && poll.execute().getPolls() > 0) {
        count++;
      }
      poll.free();
      return count;
    } catch (IOException e) {
      throw new Unavailable("the completions of a queue pair cannot be read: " + e.getMessage(), e);
    } finally {
      closing.unlock();
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
