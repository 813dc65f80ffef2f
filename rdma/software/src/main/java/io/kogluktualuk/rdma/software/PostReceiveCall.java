package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.SVCPostRecv;
import java.io.IOException;
import java.util.List;

/// A list of receive requests that can be posted again and again.
///
/// **Threading:** one thread at a time. Executing allocates nothing.
final class PostReceiveCall extends SVCPostRecv {

  private final SoftwareQueuePair queuePair;
  private final ReceiveRequest[] requests;

  PostReceiveCall(SoftwareQueuePair queuePair, List<IbvRecvWR> list) throws IOException {
    this.queuePair = queuePair;
    this.requests = new ReceiveRequest[list.size()];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = ReceiveRequest.of(list.get(i));
    }
  }

  @Override
  public RecvWRMod getWrMod(int index) {
    return requests[index];
  }

  @Override
  public SVCPostRecv execute() throws IOException {
    queuePair.receive(requests);
    return this;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public SVCPostRecv free() {
    return this;
  }
}
