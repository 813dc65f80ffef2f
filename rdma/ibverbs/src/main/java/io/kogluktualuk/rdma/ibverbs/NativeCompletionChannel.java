package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;

/// Where threads wait for completion events. When it is destroyed it goes as soon as its queues are
/// gone, as DiSNI destroys it before them.
///
/// **Threading:** any thread.
final class NativeCompletionChannel extends IbvCompChannel {

  private static final int TIMED_OUT = -110;

  private final long number;

  NativeCompletionChannel(long number, NativeContext context) throws IOException {
    super((int) number, context);
    this.number = number;
  }

  long number() {
    return number;
  }

  /// @param timeoutMillis negative to wait until the channel is closed
  /// @return false when none came in time or none can come any more
  boolean await(NativeDispatcher dispatcher, int timeoutMillis) throws IOException {
    if (!isOpen()) {
      return false;
    }
    int result = dispatcher._getCqEvent(number, timeoutMillis);
    return switch (result) {
      case 0 -> true;
      case TIMED_OUT, Natives.EINTR, Natives.EBADF -> false;
      default -> throw new IOException("cannot wait for completion events, errno " + -result);
    };
  }

  /// Ends all waiting, now and later.
  @Override
  public void close() {
    super.close();
    Natives.wakeCompletionChannel(number);
  }
}
