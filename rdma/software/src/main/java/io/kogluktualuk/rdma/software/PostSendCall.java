package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.SVCPostSend;
import java.io.IOException;
import java.util.List;

/// A list of send requests that can be posted again and again.
///
/// **Threading:** one thread at a time. Executing allocates nothing.
final class PostSendCall extends SVCPostSend {

  private final SoftwareQueuePair queuePair;
  private final SendRequest[] requests;

  PostSendCall(SoftwareQueuePair queuePair, List<IbvSendWR> list) throws IOException {
    this.queuePair = queuePair;
    this.requests = new SendRequest[list.size()];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = SendRequest.of(list.get(i));
    }
  }

  @Override
  public SendWRMod getWrMod(int index) {
    return requests[index];
  }

  @Override
  public SVCPostSend execute() throws IOException {
    queuePair.send(requests);
    return this;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public SVCPostSend free() {
    return this;
  }
}
