package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.SVCPostRecv;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.List;

/// Posts a list of RECVs, any number of times. Posting allocates nothing.
///
/// **Threading:** one thread at a time.
final class ReceiveCall extends SVCPostRecv {

  private final NativeDispatcher dispatcher;
  private final NativeQueuePair queuePair;
  private final WorkRequests requests;
  private final RecvWRMod[] entries;
  private boolean isFreed;

  ReceiveCall(NativeDispatcher dispatcher, NativeQueuePair queuePair, List<IbvRecvWR> list)
      throws IOException {
    if (list.isEmpty()) {
      throw new IOException("there is nothing to post");
    }
    int pieces = 0;
    for (IbvRecvWR request : list) {
      queuePair.checkPieces(piecesOf(request).size(), false);
      pieces += piecesOf(request).size();
    }
    this.dispatcher = dispatcher;
    this.queuePair = queuePair;
    this.requests = WorkRequests.receives(list.size(), pieces);
    this.entries = new RecvWRMod[list.size()];
    int i = 0;
    for (IbvRecvWR request : list) {
      long at = requests.at(i);
      requests.set(at + Layout.RECEIVE_ID, request.getWr_id());
      requests.pieces(i, piecesOf(request));
      entries[i] = () -> requests.getLong(at + Layout.RECEIVE_ID);
      i++;
    }
  }

  private static List<IbvSge> piecesOf(IbvRecvWR request) {
    List<IbvSge> list = request.getSg_list();
    return list == null ? List.of() : list;
  }

  @Override
  public SVCPostRecv execute() throws IOException {
    if (isFreed) {
      throw new IOException("this call has been freed");
    }
    try {
      dispatcher._postRecv(queuePair.number(), requests.memory.address());
    } finally {
      Reference.reachabilityFence(requests);
    }
    return this;
  }

  @Override
  public RecvWRMod getWrMod(int index) {
    return entries[index];
  }

  @Override
  public boolean isValid() {
    return !isFreed;
  }

  @Override
  public SVCPostRecv free() {
    isFreed = true;
    return this;
  }
}
