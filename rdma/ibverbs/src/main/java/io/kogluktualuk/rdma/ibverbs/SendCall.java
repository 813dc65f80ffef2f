package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.SVCPostSend;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.List;

/// Posts a list of work requests, any number of times. Posting allocates nothing.
///
/// **Threading:** one thread at a time.
final class SendCall extends SVCPostSend {

  private final NativeDispatcher dispatcher;
  private final NativeQueuePair queuePair;
  private final WorkRequests requests;
  private final SendRequest[] entries;
  private boolean isFreed;

  SendCall(NativeDispatcher dispatcher, NativeQueuePair queuePair, List<IbvSendWR> list)
      throws IOException {
    if (list.isEmpty()) {
      throw new IOException("there is nothing to post");
    }
    int pieces = 0;
    for (IbvSendWR request : list) {
      queuePair.checkPieces(request.getSg_list().size(), true);
      pieces += request.getSg_list().size();
    }
    this.dispatcher = dispatcher;
    this.queuePair = queuePair;
    this.requests = WorkRequests.sends(list.size(), pieces);
    this.entries = new SendRequest[list.size()];
    int i = 0;
    for (IbvSendWR request : list) {
      entries[i] = new SendRequest(requests, i, request);
      i++;
    }
  }

  @Override
  public SVCPostSend execute() throws IOException {
    if (isFreed) {
      throw new IOException("this call has been freed");
    }
    try {
      dispatcher._postSend(queuePair.number(), requests.memory.address());
    } finally {
      Reference.reachabilityFence(requests);
    }
    return this;
  }

  @Override
  public SVCPostSend.SendWRMod getWrMod(int index) {
    return entries[index];
  }

  @Override
  public boolean isValid() {
    return !isFreed;
  }

  @Override
  public SVCPostSend free() {
    isFreed = true;
    return this;
  }
}
