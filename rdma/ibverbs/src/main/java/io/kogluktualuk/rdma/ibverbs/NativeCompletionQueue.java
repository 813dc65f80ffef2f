package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A completion queue. When it is closed it goes as soon as its queue pairs are gone.
///
/// **Threading:** immutable but for being closed.
final class NativeCompletionQueue extends IbvCQ {

  private final long number;

  NativeCompletionQueue(
      long number, NativeContext context, @Nullable IbvCompChannel channel, int size)
      throws IOException {
    super(context, channel, 0);
    this.number = number;
    this.cqe = size;
  }

  long number() {
    return number;
  }
}
